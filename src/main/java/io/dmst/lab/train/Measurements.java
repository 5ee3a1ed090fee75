package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.ParameterSpec.Init;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** Parameters that are measured on the training images instead of learnt. */
final class Measurements {

    /** Enough for a mean map that an epoch is judged with. */
    private static final int SAMPLE = 1024;

    /** Enough for the mean and the deviation of a feature, which each image has at many places. */
    private static final int FEATURE_SAMPLE = 512;

    private static final int BATCH = 16;

    private Measurements() {}

    /**
     * Measures mean and deviation of a pretrained stem's features, unless the training starts with
     * measured ones.
     */
    static void features(NDManager manager, Learner learner, Examples training, StartWeights start)
            throws IOException {
        ModelConfig config = learner.network().config();
        for (int place = 0; place < config.stemStages().size(); place++) {
            String stage = "patch_embed.stage" + config.stemStages().get(place);
            if (!start.tensors().containsKey(stage + ".mean")) {
                FeatureSums sums = new FeatureSums();
                int[] sample = spread(training.size(), FEATURE_SAMPLE);
                for (int from = 0; from < sample.length; from += BATCH) {
                    int to = Math.min(from + BATCH, sample.length);
                    int[] images = IntStream.range(from, to).map(i -> sample[i]).toArray();
                    try (NDManager scratch = manager.newSubManager()) {
                        List<NDArray> features =
                                training.features(scratch, learner.weights(), images);
                        sums.add(features.get(place));
                    }
                }
                learner.measured(stage + ".mean", sums.mean());
                learner.measured(stage + ".deviation", sums.deviation());
            }
        }
    }

    /**
     * Measures the mean map with the averaged weights, where the network has one.
     *
     * @param all whether on all training images instead of some
     */
    static void meanMap(NDManager manager, Learner learner, Examples training, boolean all)
            throws IOException {
        for (ParameterSpec spec : learner.specs()) {
            if (spec.init() == Init.MEAN_MAP) {
                int[] images = spread(training.size(), all ? training.size() : SAMPLE);
                Evaluator evaluator = new Evaluator(manager, learner.network(), learner.average());
                learner.measured(spec.name(), evaluator.meanMap(training, images));
            }
        }
    }

    /** Some of the indices, evenly. */
    private static int[] spread(int size, int most) {
        int count = Math.min(size, most);
        return IntStream.range(0, count).map(i -> (int) ((long) i * size / count)).toArray();
    }
}
