package io.dmst.serve.oip.conformance;

import static io.dmst.serve.oip.conformance.HttpFactsIntegrationTests.refused;
import static io.dmst.serve.oip.conformance.Requests.asking;
import static io.dmst.serve.oip.conformance.Requests.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import io.dmst.serve.http.OipCaller;
import io.dmst.serve.oip.conformance.Target.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What our own models promise beyond the protocol; skipped for other servers. */
@Tag("dmst")
class OwnModelIntegrationTests {

    private static final List<String> EXPLANATIONS =
            List.of("membership", "coding_rate", "typicality");

    private final Target target = Target.get();

    @BeforeEach
    void ours() {
        target.assumeOurs();
    }

    private static byte[] cat() throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
    }

    private Answer ask(ObjectNode request) {
        return Answer.of(target.http().post(target.infer(), request.toString()));
    }

    private static Tensor files(byte[]... files) {
        List<Object> texts =
                java.util.Arrays.stream(files)
                        .<Object>map(Base64.getEncoder()::encodeToString)
                        .toList();
        return new Tensor("image", "BYTES", List.of((long) files.length), texts);
    }

    @Test
    void theTensorsAreThoseOfTheContract() {
        List<Form> inputs = target.metadata().path("inputs").valueStream().map(Form::of).toList();
        assertThat(inputs).contains(new Form("image", "BYTES", List.of(-1L)));
        assertThat(inputs.getLast().name()).isEqualTo("pixels");
        assertThat(inputs.getLast().datatype()).isEqualTo("UINT8");
        assertThat(inputs.getLast().shape()).hasSize(4).startsWith(-1L).endsWith(3L);
        assertThat(target.outputs().stream().map(Form::name))
                .startsWith("probabilities", "logits")
                .contains("membership", "coding_rate");
        assertThat(target.outputs()).allMatch(output -> output.datatype().equals("FP32"));
    }

    @Test
    void anEncodedFileIsAnsweredWhicheverWayItComes() throws IOException {
        Answer text = ask(json(List.of(files(cat()))));
        byte[] element = OipCaller.elements(cat());
        ObjectNode sized =
                json(
                        List.of(files(cat())),
                        input -> {
                            ObjectNode header = input.header();
                            header.putObject("parameters").put("binary_data_size", element.length);
                            return header;
                        });
        InferInputTensor.Builder image = files(cat()).message();
        ModelInferRequest raw =
                ModelInferRequest.newBuilder()
                        .setModelName(target.model())
                        .addInputs(image)
                        .addRawInputContents(ByteString.copyFrom(element))
                        .build();
        image.getContentsBuilder().addBytesContents(ByteString.copyFrom(cat()));
        ModelInferRequest typed =
                ModelInferRequest.newBuilder()
                        .setModelName(target.model())
                        .addInputs(image)
                        .build();
        assertThat(
                        List.of(
                                Answer.of(
                                        target.http()
                                                .binary(target.infer(), sized.toString(), element)),
                                Answer.of(target.http().raw(target.infer(), "0", cat())),
                                Answer.of(target.grpc().modelInfer(raw)),
                                Answer.of(target.grpc().modelInfer(typed))))
                .allMatch(text::equals);
    }

    @Test
    void bytesInJsonMustBeBase64() {
        Tensor noBase64 = new Tensor("image", "BYTES", List.of(1L), List.of("%"));
        refused(target.http().post(target.infer(), json(List.of(noBase64)).toString()));
    }

    @Test
    void explanationsAreAnsweredByNameAlone() {
        List<Tensor> inputs = target.request(1, 2);
        assertThat(ask(json(inputs)).outputs().keySet()).containsExactly("probabilities", "logits");
        List<Long> shape =
                target.outputs().stream()
                        .filter(form -> form.name().equals("membership"))
                        .findFirst()
                        .orElseThrow()
                        .shape();
        Answer answer = ask(asking(json(inputs), List.of("membership", "coding_rate")));
        Answer.Output membership = answer.asDescribed().output("membership");
        int groups = Math.toIntExact(shape.get(2));
        int places = Math.toIntExact(shape.get(3) * shape.get(4));
        for (int place = 0; place < places; place++) {
            double sum = 0;
            for (int group = 0; group < groups; group++) {
                sum += membership.number(group * places + place);
            }
            assertThat(sum).isCloseTo(1, within(1e-5));
        }
        assertThat(answer.output("coding_rate").shape()).containsExactly(2L, shape.get(1));
    }

    @Test
    void outputsComeInTheOrderOfTheRequest() {
        List<String> turned = List.of("coding_rate", "logits", "probabilities");
        assertThat(ask(asking(json(target.request(1, 1)), turned)).outputs().keySet())
                .containsExactlyElementsOf(turned);
    }

    @Test
    void whatAModelLacksIsAClearError() {
        if (target.outputs().stream().noneMatch(form -> form.name().equals("typicality"))) {
            ObjectNode request = asking(json(target.request(1, 1)), EXPLANATIONS);
            assertThat(
                            refused(target.http().post(target.infer(), request.toString()))
                                    .json()
                                    .path("error")
                                    .asString())
                    .contains("typicality");
        }
    }

    @Test
    void theDigestAndTheLabelsAreInTheMetadata() {
        assertThat(target.metadata().path("properties").path("digest").asString())
                .startsWith("sha256:");
        assertThat(target.metadata().path("properties").path("labels").asString()).contains("cat");
    }
}
