package io.dmst.serve.gateway;

import com.google.protobuf.ByteString;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import io.dmst.core.model.Network;
import io.dmst.serve.oip.ModelTensors;
import io.dmst.serve.oip.TensorSpec;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests of the Open Inference Protocol to the bundled model. */
final class OpenInference {

    static final String MODEL = "dmst-cifar10";
    private static final int SIDE = 32;

    private OpenInference() {}

    /** All outputs of the model, probes included. */
    static List<String> outputs(Process instance) {
        ServedModel model = instance.bean(Models.class).all().getFirst();
        List<String> names = new ArrayList<>();
        ModelTensors.of(model).outputs().stream().map(TensorSpec::name).forEach(names::add);
        names.addAll(new Network(model.config()).probes());
        return names;
    }

    /** Pixels of images of noise. */
    static byte[] pixels(int images) {
        byte[] pixels = new byte[images * SIDE * SIDE * 3];
        new Random(images).nextBytes(pixels);
        return pixels;
    }

    /**
     * A request.
     *
     * @param outputs by name; none for the usual ones
     */
    static ModelInferRequest request(int images, List<String> outputs) {
        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder()
                        .setModelName(MODEL)
                        .setId("a")
                        .addInputs(
                                InferInputTensor.newBuilder()
                                        .setName("pixels")
                                        .setDatatype("UINT8")
                                        .addAllShape(
                                                List.of(
                                                        (long) images,
                                                        (long) SIDE,
                                                        (long) SIDE,
                                                        3L)))
                        .addRawInputContents(ByteString.copyFrom(pixels(images)));
        outputs.forEach(
                name -> request.addOutputs(InferRequestedOutputTensor.newBuilder().setName(name)));
        return request.build();
    }
}
