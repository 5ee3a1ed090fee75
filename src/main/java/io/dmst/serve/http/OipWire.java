package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.serve.oip.Contents;
import io.dmst.serve.oip.Datatype;
import io.dmst.serve.oip.InferInput;
import io.dmst.serve.oip.InferRequest;
import io.dmst.serve.oip.ModelTensors;
import io.dmst.serve.oip.RequestedOutput;
import io.dmst.serve.predict.ExplainOptions;
import io.dmst.serve.predict.FailureException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request of the Open Inference Protocol with Triton's binary tensor data: JSON, then the bytes
 * of the tensors that say so; or the bytes of one tensor alone.
 *
 * @param request as it came
 * @param binary names of the outputs that are wanted as bytes
 * @param allBinary whether all are that are not named otherwise
 * @param text names of the outputs that are wanted as JSON
 */
record OipWire(InferRequest request, Set<String> binary, boolean allBinary, Set<String> text) {

    /** Length of the JSON at the body's begin; 0 for a body that is one tensor. */
    static final String HEADER = "Inference-Header-Content-Length";

    private static final String BINARY_SIZE = "binary_data_size";
    private static final String BINARY_OUTPUT = "binary_data";
    private static final String BINARY_OUTPUTS = "binary_data_output";

    boolean binary(String output) {
        return binary.contains(output) || allBinary && !text.contains(output);
    }

    /**
     * The request of a body.
     *
     * @param header value of {@link #HEADER}; absent where the body is JSON alone
     * @param allowed time by the request's header; absent for none
     * @throws FailureException if the body is malformed
     */
    static OipWire of(
            OipJson json, byte[] body, @Nullable String header, @Nullable Duration allowed) {
        if (header == null) {
            return of(json.read(body, body.length), ByteBuffer.allocate(0), allowed);
        }
        int length = header.matches("\\d{1,9}") ? Integer.parseInt(header) : -1;
        if (length < 0 || length > body.length) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "%s must be the length of the JSON, from 0 to the body's %d bytes"
                            .formatted(HEADER, body.length));
        }
        return length == 0
                ? oneFile(body, allowed)
                : of(
                        json.read(body, length),
                        ByteBuffer.wrap(body, length, body.length - length),
                        allowed);
    }

    private static OipWire oneFile(byte[] body, @Nullable Duration allowed) {
        InferInput image =
                new InferInput(
                        ModelTensors.IMAGE,
                        Datatype.BYTES.name(),
                        List.of(1L),
                        Set.of(),
                        new Contents.Whole(body));
        return new OipWire(
                new InferRequest("", List.of(image), List.of(), null, allowed),
                Set.of(),
                true,
                Set.of());
    }

    private static OipWire of(OipJson.Request read, ByteBuffer bytes, @Nullable Duration allowed) {
        return wire(
                read,
                new InferRequest(
                        read.id(),
                        inputs(read.inputs(), bytes),
                        read.outputs().stream().map(OipWire::output).toList(),
                        className(read.parameters()),
                        InferRequest.shorter(
                                allowed, InferRequest.timeout(timeout(read.parameters())))));
    }

    private static OipWire wire(OipJson.Request read, InferRequest request) {
        Set<String> binary = new HashSet<>();
        Set<String> text = new HashSet<>();
        for (OipJson.Tensor output : read.outputs()) {
            Object wish = output.parameters().get(BINARY_OUTPUT);
            if (wish != null) {
                (wish.equals(true) ? binary : text).add(output.name());
            }
        }
        boolean all = Boolean.TRUE.equals(read.parameters().get(BINARY_OUTPUTS));
        return new OipWire(request, binary, all, text);
    }

    private static long timeout(Map<String, Object> parameters) {
        if (parameters.getOrDefault(InferRequest.TIMEOUT, 0L) instanceof Long microseconds
                && microseconds >= 0) {
            return microseconds;
        }
        throw new FailureException(
                INVALID_ARGUMENT, "the parameter timeout must be a whole number of microseconds");
    }

    private static @Nullable String className(Map<String, Object> parameters) {
        Object given = parameters.get(ExplainOptions.CLASS);
        if (given instanceof Boolean) {
            throw new FailureException(
                    INVALID_ARGUMENT, "the parameter class must be a label or a number");
        }
        return given == null ? null : given.toString();
    }

    private static RequestedOutput output(OipJson.Tensor output) {
        Map<String, Object> parameters = output.parameters();
        return new RequestedOutput(
                output.name(),
                parameters.get(RequestedOutput.CLASSIFICATION) instanceof Long classes
                        ? classes
                        : 0,
                parameters.keySet());
    }

    private static List<InferInput> inputs(List<OipJson.Tensor> tensors, ByteBuffer bytes) {
        List<InferInput> inputs = new ArrayList<>();
        for (OipJson.Tensor tensor : tensors) {
            inputs.add(
                    new InferInput(
                            tensor.name(),
                            tensor.datatype(),
                            tensor.shape(),
                            tensor.parameters().keySet(),
                            contents(tensor, bytes)));
        }
        if (bytes.hasRemaining()) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "%d bytes follow the JSON and the data of its inputs"
                            .formatted(bytes.remaining()));
        }
        return inputs;
    }

    /** Takes a tensor's part of the bytes, where it has one. */
    private static Contents contents(OipJson.Tensor tensor, ByteBuffer bytes) {
        OipData data = tensor.data();
        if (!tensor.parameters().containsKey(BINARY_SIZE)) {
            return data == null ? new Contents.None() : data.contents(tensor.shape());
        }
        if (data != null) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "input %s has both data and %s; send one of them"
                            .formatted(tensor.name(), BINARY_SIZE));
        }
        if (!(tensor.parameters().get(BINARY_SIZE) instanceof Long size)
                || size < 0
                || size > bytes.remaining()) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "%s of input %s must be a number of bytes, of which %d are left after the JSON"
                            .formatted(BINARY_SIZE, tensor.name(), bytes.remaining()));
        }
        ByteBuffer own = bytes.slice(bytes.position(), size.intValue());
        bytes.position(bytes.position() + size.intValue());
        return new Contents.Raw(own);
    }
}
