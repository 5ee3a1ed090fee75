package io.dmst.serve.gateway;

import inference.ModelInferRequest;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import io.dmst.core.model.Statistic;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The outputs that a node can be asked for. A node of ours has more than it lists, such as every
 * probe; another server of the protocol has what it lists, and refuses a request for more.
 *
 * @param outputs by name; absent for everything
 */
record NodeCapabilities(Optional<Set<String>> outputs) {

    /** Without these a prediction is whole, though it says nothing of its layers. */
    static final Set<String> OPTIONAL =
            Arrays.stream(Statistic.values())
                    .map(Statistic::word)
                    .collect(Collectors.toUnmodifiableSet());

    /** Only our own metadata says which model it is by its digest. */
    private static final String OURS = "digest";

    static NodeCapabilities everything() {
        return new NodeCapabilities(Optional.empty());
    }

    static NodeCapabilities of(ModelMetadataResponse metadata) {
        return metadata.containsProperties(OURS)
                ? everything()
                : new NodeCapabilities(
                        Optional.of(
                                metadata.getOutputsList().stream()
                                        .map(TensorMetadata::getName)
                                        .collect(Collectors.toUnmodifiableSet())));
    }

    private boolean has(InferRequestedOutputTensor output) {
        return outputs.isEmpty() || outputs.get().contains(output.getName());
    }

    /** Whether a request can be answered, if need be without what is optional. */
    boolean answers(ModelInferRequest request) {
        return request.getOutputsList().stream()
                .allMatch(output -> has(output) || OPTIONAL.contains(output.getName()));
    }

    /** A request without the outputs that are not there. */
    ModelInferRequest trimmed(ModelInferRequest request) {
        if (request.getOutputsList().stream().allMatch(this::has)) {
            return request;
        }
        return request.toBuilder()
                .clearOutputs()
                .addAllOutputs(request.getOutputsList().stream().filter(this::has).toList())
                .build();
    }
}
