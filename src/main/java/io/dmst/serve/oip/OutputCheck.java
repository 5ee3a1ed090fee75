package io.dmst.serve.oip;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.Ranking;
import io.dmst.serve.predict.ServedModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Checks the outputs that a request names against those of a model, and makes them. */
final class OutputCheck {

    private static final String SHARED_MEMORY = "shared_memory_region";

    private OutputCheck() {}

    /**
     * An output that will be answered.
     *
     * @param output how it is made
     * @param classes how many classes stand in its place; 0 for itself
     */
    record Wanted(Output output, int classes) {

        /** The same of one class. */
        Wanted of(int classIndex) {
            return new Wanted(output.ofClass(classIndex), classes);
        }
    }

    /**
     * The outputs in the order of the request.
     *
     * @throws FailureException that names the first wrong one
     */
    static List<Wanted> wanted(ModelTensors tensors, List<RequestedOutput> requested) {
        if (requested.isEmpty()) {
            return tensors.usual().stream().map(o -> new Wanted(o, 0)).toList();
        }
        List<Wanted> wanted = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (RequestedOutput request : requested) {
            if (!names.add(request.name())) {
                throw refused("output \"%s\" is asked for twice".formatted(request.name()));
            }
            wanted.add(wanted(tensors, request));
        }
        return wanted;
    }

    private static Wanted wanted(ModelTensors tensors, RequestedOutput request) {
        String name = request.name().length() <= 80 ? request.name() : "…";
        Output output = tensors.output(request.name()).orElse(null);
        if (output == null) {
            throw refused(
                    "the model has no output \"%s\"; it has %s".formatted(name, tensors.listed()));
        }
        if (request.parameters().contains(SHARED_MEMORY)) {
            throw refused("output %s cannot be put into shared memory".formatted(name));
        }
        if (!request.parameters().contains(RequestedOutput.CLASSIFICATION)) {
            return new Wanted(output, 0);
        }
        if (request.classification() < 1) {
            throw refused(
                    "classification of output %s must be a whole number of at least 1"
                            .formatted(name));
        }
        if (!output.scoresClasses()) {
            throw refused("output %s has no classes; leave classification out".formatted(name));
        }
        return new Wanted(output, (int) Math.min(Integer.MAX_VALUE, request.classification()));
    }

    private static FailureException refused(String detail) {
        return new FailureException(INVALID_ARGUMENT, detail);
    }

    /**
     * Checks that predictions have all wanted outputs.
     *
     * @throws FailureException that names the first missing one
     */
    static void complete(List<Wanted> wanted, List<Prediction> predictions) {
        predictions.stream()
                .flatMap(prediction ->
                        wanted.stream().flatMap(w -> w.output().missing(prediction).stream()))
                .findFirst()
                .ifPresent(missing -> {
                    throw refused(missing);
                });
    }

    /**
     * The tensor of a batch.
     *
     * @param predictions at least one
     */
    static OutputTensor tensor(Wanted wanted, ServedModel model, List<Prediction> predictions) {
        List<Output.Part> parts = predictions.stream().map(wanted.output()::of).toList();
        String name = wanted.output().spec().name();
        return wanted.classes() > 0
                ? classes(name, wanted.classes(), model, parts)
                : stacked(name, parts);
    }

    private static OutputTensor stacked(String name, List<Output.Part> parts) {
        List<Long> shape = new ArrayList<>(parts.getFirst().shape());
        shape.addFirst((long) parts.size());
        int size = parts.getFirst().values().length;
        float[] values = new float[Math.multiplyExact(parts.size(), size)];
        for (int i = 0; i < parts.size(); i++) {
            System.arraycopy(parts.get(i).values(), 0, values, i * size, size);
        }
        return new OutputTensor(
                new TensorSpec(name, Datatype.FP32, shape), new OutputTensor.Floats(values));
    }

    private static OutputTensor classes(
            String name, int count, ServedModel model, List<Output.Part> parts) {
        List<String> texts = new ArrayList<>();
        for (Output.Part part : parts) {
            for (int index : Ranking.of(part.values(), count)) {
                texts.add(
                        String.format(
                                Locale.ROOT,
                                "%f:%d:%s",
                                part.values()[index],
                                index,
                                model.labels().get(index)));
            }
        }
        long each = texts.size() / parts.size();
        return new OutputTensor(
                new TensorSpec(name, Datatype.BYTES, List.of((long) parts.size(), each)),
                new OutputTensor.Texts(texts));
    }
}
