package io.dmst.serve.oip.conformance;

import static io.dmst.serve.oip.conformance.Requests.output;
import static io.dmst.serve.oip.conformance.Requests.raw;
import static io.dmst.serve.oip.conformance.Requests.typed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The Open Inference Protocol's rules over gRPC: what must be refused, with a status that says that
 * the mistake is the client's. After each mistake the server still answers.
 */
class GrpcMistakesIntegrationTests {

    private final Target target = Target.get();
    private final List<Tensor> inputs = target.request(1, 1);
    private final Tensor first = inputs.getFirst();

    @AfterEach
    void theServerStillAnswers() {
        Answer.of(target.grpc().modelInfer(raw(inputs).build()));
    }

    private static void refused(ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).as("it was answered").isNotNull();
        assertThat(error.getStatus().getCode())
                .as(String.valueOf(error.getMessage()))
                .isIn(
                        Status.Code.INVALID_ARGUMENT,
                        Status.Code.NOT_FOUND,
                        Status.Code.OUT_OF_RANGE,
                        Status.Code.FAILED_PRECONDITION);
        assertThat(error.getStatus().getDescription()).isNotBlank();
    }

    private void mistake(ModelInferRequest.Builder request) {
        refused(() -> target.grpc().modelInfer(request.build()));
    }

    private List<Tensor> but(Tensor input) {
        List<Tensor> others = new ArrayList<>(inputs);
        others.set(0, input);
        return others;
    }

    private List<Long> largerLast() {
        assumeTrue(
                target.inputs().getFirst().shape().getLast() != -1,
                "the last dimension of the input is free");
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(shape.size() - 1, shape.getLast() + 1);
        return shape;
    }

    @Test
    void aRequestWithoutInputs() {
        mistake(raw(List.of()));
    }

    @Test
    void anInputThatTheModelDoesNotHave() {
        mistake(raw(but(first.named("no_such_input"))));
    }

    @Test
    void anInputThatComesTwice() {
        List<Tensor> twice = new ArrayList<>(inputs);
        twice.add(first);
        mistake(raw(twice));
    }

    @Test
    void aDatatypeThatTheInputDoesNotHave() {
        ModelInferRequest.Builder request = raw(inputs);
        request.getInputsBuilder(0).setDatatype(first.datatype().equals("FP32") ? "INT32" : "FP32");
        mistake(request);
    }

    @Test
    void aDatatypeThatThereIsNot() {
        ModelInferRequest.Builder request = raw(inputs);
        request.getInputsBuilder(0).setDatatype("FLOAT");
        mistake(request);
    }

    @Test
    void aShapeThatTheInputDoesNotHave() {
        mistake(raw(but(first.shaped(largerLast()))));
    }

    @Test
    void aDimensionBelowZero() {
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(0, -1L);
        mistake(raw(but(first.shaped(shape))));
    }

    @Test
    void aShapeSoLargeThatItsProductOverflows() {
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(0, Long.MAX_VALUE / 2);
        mistake(raw(but(first.shaped(shape))));
    }

    @Test
    void rawContentsThatAreTooShort() {
        ByteString whole = ByteString.copyFrom(first.raw());
        mistake(raw(inputs).setRawInputContents(0, whole.substring(0, whole.size() - 1)));
    }

    @Test
    void rawContentsThatAreTooLong() {
        ByteString whole = ByteString.copyFrom(first.raw());
        mistake(raw(inputs).setRawInputContents(0, whole.concat(whole)));
    }

    @Test
    void rawContentsThatAreNotOneForEachInput() {
        mistake(raw(inputs).addRawInputContents(ByteString.copyFrom(first.raw())));
    }

    @Test
    void rawContentsBesideTypedOnes() {
        mistake(typed(inputs).addRawInputContents(ByteString.copyFrom(first.raw())));
    }

    @Test
    void noContents() {
        ModelInferRequest.Builder request = raw(inputs).clearRawInputContents();
        mistake(request);
    }

    @Test
    void tooFewTypedContents() {
        mistake(typed(but(first.with(first.elements().subList(1, first.elements().size())))));
    }

    @Test
    void tooManyTypedContents() {
        List<Object> more = new ArrayList<>(first.elements());
        more.add(more.getFirst());
        mistake(typed(but(first.with(more))));
    }

    @Test
    void typedContentsInTheFieldOfAnotherDatatype() {
        assumeTrue(!first.datatype().equals("FP64"), "the input is of that datatype");
        InferTensorContents.Builder other = InferTensorContents.newBuilder();
        first.elements().forEach(element -> other.addFp64Contents(1));
        ModelInferRequest.Builder request = typed(inputs);
        request.getInputsBuilder(0).setContents(other);
        mistake(request);
    }

    @Test
    void anOutputThatTheModelDoesNotHave() {
        mistake(raw(inputs).addOutputs(output("no_such_output")));
    }

    @Test
    void aModelOrAVersionThatThereIsNot() {
        mistake(raw(inputs).setModelName("no-such-model"));
        mistake(raw(inputs).setModelVersion("987654"));
        ModelMetadataRequest.Builder metadata = ModelMetadataRequest.newBuilder();
        refused(() -> target.grpc().modelMetadata(metadata.setName("no-such-model").build()));
        refused(() ->
                target.grpc()
                        .modelMetadata(
                                metadata.setName(target.model()).setVersion("987654").build()));
    }

    @Test
    void aModelThatIsNotThereIsNotReady() {
        ModelReadyRequest request = ModelReadyRequest.newBuilder().setName("no-such-model").build();
        try {
            assertThat(target.grpc().modelReady(request).getReady()).isFalse();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        }
    }
}
