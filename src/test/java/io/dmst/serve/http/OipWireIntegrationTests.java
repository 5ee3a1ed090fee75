package io.dmst.serve.http;

import static io.dmst.serve.http.OipBodies.red;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.serve.http.OipCaller.Reply;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/**
 * The Open Inference Protocol over HTTP: tensors as bytes, their lengths, and compressed bodies.
 */
@ServerTest
class OipWireIntegrationTests {

    private static final String INFER = "/v2/models/colours/infer";

    private final OipCaller caller;

    OipWireIntegrationTests(@LocalServerPort int port) {
        caller = new OipCaller(port);
    }

    @Test
    void tensorsMayFollowTheJsonAsBytes() {
        byte[] file = Pictures.green();
        byte[] element = OipCaller.elements(file, Pictures.red());
        String json =
                """
                {"inputs":[{"name":"image","shape":[2],"datatype":"BYTES",
                            "parameters":{"binary_data_size":%d}}],
                 "outputs":[{"name":"logits","parameters":{"binary_data":true}},
                            {"name":"probabilities"}]}\
                """
                        .formatted(element.length);
        Reply reply = caller.binary(INFER, json, element).ok();
        assertThat(reply.header("Content-Type")).isEqualTo("application/octet-stream");
        JsonNode outputs = reply.json().path("outputs");
        assertThat(outputs.path(0).path("parameters").path("binary_data_size").asInt())
                .isEqualTo(24);
        assertThat(outputs.path(0).has("data")).isFalse();
        assertThat(outputs.path(1).path("data")).hasSize(6);
        assertThat(reply.floats(0)[1]).isCloseTo(1f, within(0.02f));
        assertThat(reply.floats(0)[3]).isCloseTo(1f, within(0.02f));
    }

    @Test
    void allOutputsMayBeBytesButForThoseThatAreNamedOtherwise() {
        Reply reply =
                caller.post(
                                INFER,
                                red(
                                        """
                                        ,"parameters":{"binary_data_output":true},
                                         "outputs":[{"name":"logits","parameters":{"binary_data":false}},
                                                    {"name":"probabilities"}]\
                                        """))
                        .ok();
        JsonNode outputs = reply.json().path("outputs");
        assertThat(outputs.path(0).path("data")).hasSize(3);
        assertThat(outputs.path(1).path("parameters").path("binary_data_size").asInt())
                .isEqualTo(12);
        assertThat(reply.floats(0)).hasSize(3);
    }

    @Test
    void aBodyThatIsOneFileIsAnsweredWithBytes() {
        Reply reply = caller.raw(INFER, "0", Pictures.blue()).ok();
        assertThat(reply.json().path("outputs").path(0).path("name").asString())
                .isEqualTo("probabilities");
        float[] values = reply.floats(0);
        assertThat(values).hasSize(6);
        assertThat(values[5]).isCloseTo(1f, within(0.02f));
    }

    @Test
    void lengthsThatDoNotFitTheBodyAreRefused() {
        byte[] file = Pictures.red();
        byte[] json = red("").getBytes(StandardCharsets.UTF_8);
        caller.raw(INFER, String.valueOf(json.length + 1), json).refused(400, "from 0 to");
        caller.raw(INFER, "-1", json).refused(400, "from 0 to");
        caller.raw(INFER, "x", json).refused(400, "from 0 to");
        String sized =
                """
                {"inputs":[{"name":"image","shape":[1],"datatype":"BYTES",
                            "parameters":{"binary_data_size":%s}}]}\
                """;
        byte[] element = OipCaller.elements(file);
        caller.binary(INFER, sized.formatted(element.length + 1), element).refused(400, "are left");
        caller.binary(INFER, sized.formatted(element.length - 1), element).refused(400, "follow");
        caller.binary(INFER, sized.formatted("\"all\""), element).refused(400, "are left");
        caller.post(INFER, sized.formatted(element.length)).refused(400, "0 are left");
        caller.binary(INFER, sized.formatted(file.length), file).refused(400, "element 0");
        caller.binary(
                        INFER,
                        sized.formatted(2 * element.length),
                        OipCaller.joined(element, element))
                .refused(400, "more elements");
        caller.binary(INFER, red(""), element).refused(400, "follow");
    }

    @Test
    void bodiesMayBeCompressedWithinTheirLimit() {
        caller.compressed(INFER, "gzip", red("").getBytes(StandardCharsets.UTF_8)).ok();
        caller.compressed(INFER, "deflate", red("").getBytes(StandardCharsets.UTF_8)).ok();
        caller.compressed(INFER, "gzip", new byte[1_000_000]).refused(413, "");
        caller.post(INFER, red(""), "Content-Encoding", "br").refused(415, "gzip");
        caller.post(INFER, red(""), "Content-Encoding", "gzip").refused(400, "");
    }
}
