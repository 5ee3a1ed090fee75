package io.dmst.serve.oip;

import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.ServedModel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** How one output is made of a prediction. */
interface Output {

    /** Its name and form, with -1 for the batch. */
    TensorSpec spec();

    /** The probes that a prediction must be asked for. */
    Set<String> probes();

    /** Whether its values are scores of the classes. */
    boolean scoresClasses();

    /** Why a prediction cannot have it; empty where it can. */
    default Optional<String> missing(Prediction prediction) {
        return Optional.empty();
    }

    /** Whether it is answered where no output is named. */
    default boolean usual() {
        return scoresClasses();
    }

    /** The same about one class, where that makes a difference. */
    default Output ofClass(int index) {
        return this;
    }

    /** Its values for one image, with their shape. */
    Part of(Prediction prediction);

    /**
     * The values of one image.
     *
     * @param shape without the batch
     * @param values row-major
     */
    @SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
    record Part(List<Long> shape, float[] values) {}

    static Output probabilities(ServedModel model) {
        return new Scores("probabilities", model.labels().size(), Prediction::probabilities);
    }

    static Output logits(ServedModel model) {
        return new Scores("logits", model.labels().size(), Prediction::logits);
    }

    /** A score of every class, which is computed anyway. */
    record Scores(String name, long classes, Function<Prediction, float[]> values)
            implements Output {

        @Override
        public TensorSpec spec() {
            return new TensorSpec(name, Datatype.FP32, List.of(-1L, classes));
        }

        @Override
        public Set<String> probes() {
            return Set.of();
        }

        @Override
        public boolean scoresClasses() {
            return true;
        }

        @Override
        public Part of(Prediction prediction) {
            return new Part(List.of(classes), values.apply(prediction));
        }
    }
}
