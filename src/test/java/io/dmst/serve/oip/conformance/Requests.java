package io.dmst.serve.oip.conformance;

import com.google.protobuf.ByteString;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Requests for the model under test. */
final class Requests {

    private Requests() {}

    /** JSON with flat data. */
    static ObjectNode json(List<Tensor> inputs) {
        return json(inputs, Tensor::json);
    }

    static ObjectNode json(List<Tensor> inputs, Function<Tensor, ObjectNode> form) {
        ObjectNode request = JsonMapper.shared().createObjectNode();
        ArrayNode list = request.putArray("inputs");
        inputs.forEach(input -> list.add(form.apply(input)));
        return request;
    }

    /** The same request for some outputs by name. */
    static ObjectNode asking(ObjectNode request, List<String> outputs) {
        ArrayNode list = request.putArray("outputs");
        outputs.forEach(name -> list.addObject().put("name", name));
        return request;
    }

    /** The one output of a request, to be given parameters. */
    static ObjectNode parameters(ObjectNode request) {
        return ((ObjectNode) request.path("outputs").path(0)).putObject("parameters");
    }

    /** With the elements in the fields of their datatypes. */
    static ModelInferRequest.Builder typed(List<Tensor> inputs) {
        ModelInferRequest.Builder request = begun();
        inputs.forEach(input -> request.addInputs(input.typedMessage()));
        return request;
    }

    /** With raw contents. */
    static ModelInferRequest.Builder raw(List<Tensor> inputs) {
        ModelInferRequest.Builder request = begun();
        for (Tensor input : inputs) {
            request.addInputs(input.message())
                    .addRawInputContents(ByteString.copyFrom(input.raw()));
        }
        return request;
    }

    private static ModelInferRequest.Builder begun() {
        return ModelInferRequest.newBuilder().setModelName(Target.get().model());
    }

    static InferRequestedOutputTensor.Builder output(String name) {
        return InferRequestedOutputTensor.newBuilder().setName(name);
    }

    static InferParameter parameter(String value) {
        return InferParameter.newBuilder().setStringParam(value).build();
    }

    static InferParameter parameter(long value) {
        return InferParameter.newBuilder().setInt64Param(value).build();
    }

    static InferParameter parameter(boolean value) {
        return InferParameter.newBuilder().setBoolParam(value).build();
    }
}
