package io.dmst.serve.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import io.dmst.core.engine.ProbeValues;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.ServedModel;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A prediction's request and answer as messages of the Open Inference Protocol. */
final class InferClientCodec {

    private static final String PIXELS = "pixels";
    private static final String FLOATS = "FP32";

    private InferClientCodec() {}

    /**
     * The request for one image.
     *
     * @param outputs wanted by name
     */
    static ModelInferRequest request(
            ServedModel model, PredictionRequest request, Set<String> outputs) {
        ModelInferRequest.Builder message =
                ModelInferRequest.newBuilder()
                        .setModelName(model.name())
                        .setId(request.id())
                        .addInputs(
                                InferInputTensor.newBuilder()
                                        .setName(PIXELS)
                                        .setDatatype("UINT8")
                                        .addAllShape(
                                                List.of(
                                                        1L,
                                                        (long) model.imageHeight(),
                                                        (long) model.imageWidth(),
                                                        3L)))
                        // nobody changes the pixels of a request
                        .addRawInputContents(UnsafeByteOperations.unsafeWrap(request.pixels()));
        new TreeSet<>(outputs)
                .forEach(name ->
                        message.addOutputs(InferRequestedOutputTensor.newBuilder().setName(name)));
        return message.build();
    }

    /**
     * The outputs of an answer for one image; those of {@link NodeCapabilities#OPTIONAL} may be
     * missing.
     *
     * @throws IllegalArgumentException if it is not what was asked for
     */
    static Map<String, ProbeValues> outputs(ModelInferResponse answer, Set<String> wanted) {
        Map<String, ProbeValues> outputs = new HashMap<>();
        for (int i = 0; i < answer.getOutputsCount(); i++) {
            InferOutputTensor output = answer.getOutputs(i);
            if (wanted.contains(output.getName())) {
                outputs.put(output.getName(), values(answer, i));
            }
        }
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(outputs.keySet());
        if (!NodeCapabilities.OPTIONAL.containsAll(missing)) {
            throw new IllegalArgumentException(
                    "asked for %s, got %s".formatted(wanted, outputs.keySet()));
        }
        return outputs;
    }

    private static ProbeValues values(ModelInferResponse answer, int place) {
        InferOutputTensor output = answer.getOutputs(place);
        List<Long> shape = output.getShapeList();
        if (!output.getDatatype().equals(FLOATS) || shape.isEmpty() || shape.getFirst() != 1) {
            throw new IllegalArgumentException(
                    "output %s is %s %s, not FP32 of one image"
                            .formatted(output.getName(), output.getDatatype(), shape));
        }
        List<Integer> one = shape.stream().skip(1).map(Math::toIntExact).toList();
        return new ProbeValues(
                one,
                answer.getRawOutputContentsCount() > place
                        ? floats(answer.getRawOutputContents(place))
                        : floats(output.getContents().getFp32ContentsList()));
    }

    private static float[] floats(ByteString raw) {
        float[] values = new float[raw.size() / Float.BYTES];
        raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static float[] floats(List<Float> contents) {
        List<Float> all = new ArrayList<>(contents);
        float[] values = new float[all.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = all.get(i);
        }
        return values;
    }
}
