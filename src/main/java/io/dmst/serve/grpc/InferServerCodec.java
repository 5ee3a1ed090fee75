package io.dmst.serve.grpc;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import com.google.protobuf.ByteString;
import inference.InferParameter;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import inference.ModelStreamInferResponse;
import io.dmst.serve.oip.Contents;
import io.dmst.serve.oip.InferAnswer;
import io.dmst.serve.oip.InferInput;
import io.dmst.serve.oip.InferRequest;
import io.dmst.serve.oip.OutputTensor;
import io.dmst.serve.oip.RequestedOutput;
import io.dmst.serve.predict.ExplainOptions;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureException;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests and answers of the Open Inference Protocol, from and to messages. */
final class InferServerCodec {

    private InferServerCodec() {}

    /**
     * The request of a message.
     *
     * @param allowed time by the call's deadline; absent for none
     * @throws FailureException if the message is inconsistent
     */
    static InferRequest request(ModelInferRequest message, @Nullable Duration allowed) {
        int raw = message.getRawInputContentsCount();
        if (raw != 0 && raw != message.getInputsCount()) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "raw_input_contents has %d parts for %d inputs; send one for each"
                            .formatted(raw, message.getInputsCount()));
        }
        List<InferInput> inputs = new ArrayList<>();
        for (int i = 0; i < message.getInputsCount(); i++) {
            InferInputTensor input = message.getInputs(i);
            if (raw != 0 && input.hasContents()) {
                throw new FailureException(
                        INVALID_ARGUMENT,
                        "input %s has both contents and raw_input_contents; send one of them"
                                .formatted(input.getName()));
            }
            inputs.add(
                    new InferInput(
                            input.getName(),
                            input.getDatatype(),
                            input.getShapeList(),
                            input.getParametersMap().keySet(),
                            raw != 0
                                    ? new Contents.Raw(
                                            message.getRawInputContents(i).asReadOnlyByteBuffer())
                                    : contents(input)));
        }
        return request(message, inputs, allowed);
    }

    private static InferRequest request(
            ModelInferRequest message, List<InferInput> inputs, @Nullable Duration allowed) {
        return new InferRequest(
                message.getId(),
                inputs,
                message.getOutputsList().stream().map(InferServerCodec::output).toList(),
                className(message),
                InferRequest.shorter(allowed, InferRequest.timeout(timeout(message))));
    }

    private static @Nullable String className(ModelInferRequest message) {
        InferParameter given = message.getParametersMap().get(ExplainOptions.CLASS);
        if (given == null) {
            return null;
        }
        return switch (given.getParameterChoiceCase()) {
            case STRING_PARAM -> given.getStringParam();
            case INT64_PARAM -> Long.toString(given.getInt64Param());
            case UINT64_PARAM -> Long.toUnsignedString(given.getUint64Param());
            case BOOL_PARAM, DOUBLE_PARAM, PARAMETERCHOICE_NOT_SET ->
                    throw new FailureException(
                            INVALID_ARGUMENT, "the parameter class must be a label or a number");
        };
    }

    private static long timeout(ModelInferRequest message) {
        InferParameter timeout = message.getParametersMap().get(InferRequest.TIMEOUT);
        long microseconds = timeout == null ? 0 : whole(timeout, -1);
        if (microseconds < 0) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "the parameter timeout must be a whole number of microseconds");
        }
        return microseconds;
    }

    private static long whole(InferParameter parameter, long otherwise) {
        return switch (parameter.getParameterChoiceCase()) {
            case INT64_PARAM -> parameter.getInt64Param();
            case UINT64_PARAM ->
                    parameter.getUint64Param() < 0 ? Long.MAX_VALUE : parameter.getUint64Param();
            case BOOL_PARAM, STRING_PARAM, DOUBLE_PARAM, PARAMETERCHOICE_NOT_SET -> otherwise;
        };
    }

    private static RequestedOutput output(InferRequestedOutputTensor output) {
        InferParameter classes = output.getParametersMap().get(RequestedOutput.CLASSIFICATION);
        return new RequestedOutput(
                output.getName(),
                classes == null ? 0 : whole(classes, 0),
                output.getParametersMap().keySet());
    }

    /** Elements that are copied one by one when they are used, if they are. */
    private static final class Elements extends AbstractList<byte[]> {

        private final List<ByteString> elements;

        Elements(List<ByteString> elements) {
            this.elements = elements;
        }

        @Override
        public byte[] get(int index) {
            return elements.get(index).toByteArray();
        }

        @Override
        public int size() {
            return elements.size();
        }
    }

    private static Contents contents(InferInputTensor input) {
        if (!input.hasContents()) {
            return new Contents.None();
        }
        InferTensorContents contents = input.getContents();
        if (contents.getBytesContentsCount() > 0) {
            return new Contents.Elements(new Elements(contents.getBytesContentsList()));
        }
        int count = contents.getUintContentsCount();
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            int value = contents.getUintContents(i);
            if (value < 0 || value > 255) {
                return new Contents.Unfit("the number " + Integer.toUnsignedString(value));
            }
            values[i] = (byte) value;
        }
        return count > 0
                ? new Contents.Numbers(values)
                : new Contents.Unfit("no bytes_contents or uint_contents");
    }

    /**
     * The answer.
     *
     * @param raw whether its tensors are little-endian bytes, as those of the request were
     */
    static ModelInferResponse response(InferAnswer answer, boolean raw) {
        ModelInferResponse.Builder response =
                ModelInferResponse.newBuilder()
                        .setModelName(answer.model().name())
                        .setModelVersion(answer.model().version())
                        .setId(answer.id());
        for (OutputTensor output : answer.outputs()) {
            InferOutputTensor.Builder tensor =
                    InferOutputTensor.newBuilder()
                            .setName(output.spec().name())
                            .setDatatype(output.spec().datatype().name())
                            .addAllShape(output.spec().shape());
            if (raw) {
                response.addRawOutputContents(ByteString.copyFrom(output.raw()));
            } else {
                tensor.setContents(contents(output.values()));
            }
            response.addOutputs(tensor);
        }
        return response.build();
    }

    /** An answer in a stream. */
    static ModelStreamInferResponse streamed(ModelInferResponse answer) {
        return ModelStreamInferResponse.newBuilder().setInferResponse(answer).build();
    }

    /** Why there is none, in a stream. */
    static ModelStreamInferResponse streamed(ModelInferRequest request, Failure failure) {
        return ModelStreamInferResponse.newBuilder()
                .setErrorMessage(failure.detail())
                .setInferResponse(ModelInferResponse.newBuilder().setId(request.getId()))
                .build();
    }

    private static InferTensorContents contents(OutputTensor.Values values) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        switch (values) {
            case OutputTensor.Floats(float[] numbers) -> {
                for (float number : numbers) {
                    contents.addFp32Contents(number);
                }
            }
            case OutputTensor.Texts(List<String> texts) ->
                    texts.forEach(text -> contents.addBytesContents(ByteString.copyFromUtf8(text)));
        }
        return contents.build();
    }
}
