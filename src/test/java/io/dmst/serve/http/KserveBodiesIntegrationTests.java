package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The forms of KServe's protocol V1 that clients send, and query parameters that are unknown. */
@ServerTest
class KserveBodiesIntegrationTests {

    private static final String PREDICT = "/v1/models/colours:predict";

    private final Caller caller;

    KserveBodiesIntegrationTests(@LocalServerPort int port) {
        caller = new Caller(port);
    }

    private static String base64() {
        return Base64.getEncoder().encodeToString(Pictures.red());
    }

    private Caller.Answer predict(String json) {
        return caller.post(PREDICT, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"instances\":[{\"b64\":\"%s\"}]}",
                "{\"signature_name\":\"serving_default\",\"instances\":[{\"b64\":\"%s\"}]}",
                "{\"parameters\":{\"a\":1},\"instances\":[{\"b64\":\"%s\"}]}",
                "{\"instances\":[{\"image_bytes\":{\"b64\":\"%s\"}}]}",
                "{\"instances\":[{\"data\":\"%s\"}]}",
                "{\"instances\":[{\"b64\":\"data:image/png;base64,%s\"}]}"
            })
    void everyFormOfAnInstanceIsRead(String form) {
        Caller.Answer answer = predict(form.formatted(base64()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"label\":\"red\"");
    }

    @Test
    void urlSafeAndWrappedBase64IsRead() {
        String urlSafe = Base64.getUrlEncoder().encodeToString(Pictures.red());
        String wrapped = base64().replaceAll("(.{20})", "$1\\\\r\\\\n");
        for (String text : new String[] {urlSafe, wrapped}) {
            Caller.Answer answer = predict("{\"instances\":[{\"b64\":\"%s\"}]}".formatted(text));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/classify?topk=3", "/v1/explain?layer=last", "/v1/models?x=1"})
    void anUnknownQueryParameterIsRefused(String path) {
        Caller.Answer answer =
                path.startsWith("/v1/models")
                        ? caller.send(caller.to(path).GET())
                        : caller.post(path, "image/png", Pictures.red());
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("unknown query parameter");
    }
}
