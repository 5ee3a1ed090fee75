package io.dmst.serve.oip.conformance;

import static io.dmst.serve.oip.conformance.Requests.output;
import static io.dmst.serve.oip.conformance.Requests.parameter;
import static io.dmst.serve.oip.conformance.Requests.raw;
import static io.dmst.serve.oip.conformance.Requests.typed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import inference.ModelReadyRequest;
import inference.ServerLiveRequest;
import inference.ServerMetadataRequest;
import inference.ServerMetadataResponse;
import inference.ServerReadyRequest;
import io.dmst.serve.oip.conformance.Target.Form;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Open Inference Protocol's rules over gRPC: what must be answered. */
class GrpcIntegrationTests {

    private final Target target = Target.get();
    private final List<Tensor> inputs = target.request(1, 1);

    private ModelInferResponse ask(ModelInferRequest.Builder request) {
        return target.grpc().modelInfer(request.build());
    }

    @Test
    void theServerIsLiveAndReady() {
        assertThat(target.grpc().serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(target.grpc().serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();
    }

    @Test
    void theModelAndItsListedVersionsAreReady() {
        ModelReadyRequest.Builder request = ModelReadyRequest.newBuilder().setName(target.model());
        assertThat(target.grpc().modelReady(request.build()).getReady()).isTrue();
        for (String version : target.versions()) {
            assertThat(target.grpc().modelReady(request.setVersion(version).build()).getReady())
                    .isTrue();
        }
    }

    @Test
    void theServerSaysWhatItSaysOverHttp() {
        ServerMetadataResponse facts =
                target.grpc().serverMetadata(ServerMetadataRequest.getDefaultInstance());
        assertThat(facts.getName()).isEqualTo(target.server().path("name").asString());
        assertThat(facts.getVersion()).isEqualTo(target.server().path("version").asString());
        assertThat(List.copyOf(facts.getExtensionsList()))
                .isEqualTo(Target.texts(target.server().path("extensions")));
    }

    @Test
    void theModelSaysWhatItSaysOverHttp() {
        ModelMetadataResponse model =
                target.grpc()
                        .modelMetadata(
                                ModelMetadataRequest.newBuilder().setName(target.model()).build());
        assertThat(model.getName()).isEqualTo(target.model());
        assertThat(model.getPlatform()).isEqualTo(target.metadata().path("platform").asString());
        assertThat(List.copyOf(model.getVersionsList())).isEqualTo(target.versions());
        assertThat(forms(model.getOutputsList())).isEqualTo(target.outputs());
        assertThat(forms(model.getInputsList())).containsAll(target.inputs());
    }

    private static List<Form> forms(List<TensorMetadata> tensors) {
        return tensors.stream()
                .map(t -> new Form(t.getName(), t.getDatatype(), t.getShapeList()))
                .toList();
    }

    @Test
    void typedContentsAreAnswered() {
        assertThat(Answer.of(ask(typed(inputs))).asDescribed().outputs()).isNotEmpty();
    }

    @Test
    void rawContentsAreAnswered() {
        assertThat(Answer.of(ask(raw(inputs))).asDescribed().outputs()).isNotEmpty();
    }

    @Test
    void rawAndTypedContentsAndHttpHaveOneAnswer() {
        Answer raw = Answer.of(ask(raw(inputs)));
        Answer.of(ask(typed(inputs))).near(raw);
        Answer.of(target.http().post(target.infer(), Requests.json(inputs).toString())).near(raw);
    }

    @Test
    void rawOutputsHaveNoOtherContentsNotEvenEmptyOnes() {
        ModelInferResponse response = ask(raw(inputs));
        if (response.getRawOutputContentsCount() > 0) {
            assertThat(response.getOutputsList()).noneMatch(output -> output.hasContents());
        }
    }

    /** Our own promise; the protocol leaves the form of the answer to the server. */
    @Test
    void theAnswerHasTheFormOfTheRequest() {
        target.assumeOurs();
        assertThat(ask(raw(inputs)).getRawOutputContentsCount()).isPositive();
        assertThat(ask(typed(inputs)).getRawOutputContentsCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "ünïcödé ✓"})
    void anIdComesBack(String id) {
        assertThat(ask(raw(inputs).setId(id)).getId()).isEqualTo(id);
    }

    @Test
    void outputsThatAreNamedAreAnsweredAndNoOthers() {
        Answer all = Answer.of(ask(raw(inputs)));
        for (String name : all.outputs().keySet()) {
            Answer one = Answer.of(ask(raw(inputs).addOutputs(output(name))));
            assertThat(one.outputs().keySet()).containsExactly(name);
            Answer.near(one.output(name).values(), all.output(name).values());
        }
    }

    @Test
    void everyDescribedOutputCanBeAskedFor() {
        ModelInferRequest.Builder request = raw(inputs);
        target.outputs().forEach(form -> request.addOutputs(output(form.name())));
        assertThat(Answer.of(ask(request)).asDescribed().outputs().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        target.outputs().stream().map(Form::name).toList());
    }

    @Test
    void parametersThatTheServerDoesNotKnowDoNoHarm() {
        ModelInferRequest.Builder request =
                raw(inputs)
                        .putParameters("mine", parameter("a"))
                        .putParameters("my_number", parameter(7))
                        .putParameters("my_truth", parameter(true));
        request.getInputsBuilder(0).putParameters("mine", parameter("b"));
        Answer.of(ask(request)).near(Answer.of(ask(raw(inputs))));
    }

    @Test
    void aVersionThatIsNamedAnswers() {
        assumeFalse(target.versions().isEmpty(), "the model lists no versions");
        for (String version : target.versions()) {
            ModelInferResponse response = ask(raw(inputs).setModelVersion(version));
            assertThat(response.getModelVersion()).isEqualTo(version);
            Answer.of(response).asDescribed();
        }
    }

    @Test
    void aBatchIsAnsweredAsItsPartsAre() {
        assumeTrue(target.batches(), "the model takes no batches");
        Answer batch = Answer.of(ask(raw(target.request(1, 3)))).asDescribed();
        for (int image = 0; image < 3; image++) {
            Answer alone = Answer.of(ask(raw(target.request(1 + image, 1))));
            for (Answer.Output output : alone.outputs().values()) {
                int size = output.values().size();
                Answer.near(
                        batch.output(output.name())
                                .values()
                                .subList(image * size, (image + 1) * size),
                        output.values());
            }
        }
    }
}
