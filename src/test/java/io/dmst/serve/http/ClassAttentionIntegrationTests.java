package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What a model with class attention is asked and cannot say. */
@ServerTest
class ClassAttentionIntegrationTests {

    private final Caller caller;
    private final OipCaller oip;

    ClassAttentionIntegrationTests(@LocalServerPort int port) {
        caller = new Caller(port);
        oip = new OipCaller(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"class=red", "class=predicted", "format=png&picture=contribution"})
    void theSplitOfAClassScoreIsRefused(String query) {
        Caller.Answer answer =
                caller.put("/v1/explain?" + query, Pictures.red()).problem(400, "INVALID_ARGUMENT");
        assertThat(answer.json().path("detail").asString())
                .contains("membership head", "class attention");
    }

    @Test
    void theProtocolHasNoSuchOutputAndRefusesTheParameter() {
        String image = OipBodies.image(OipBodies.base64(Pictures.red()), 1);
        oip.post(
                        "/v2/models/colours/infer",
                        OipBodies.request(image, ",\"outputs\":[{\"name\":\"contribution\"}]"))
                .refused(400, "no output \"contribution\"");
        oip.post(
                        "/v2/models/colours/infer",
                        OipBodies.request(image, ",\"parameters\":{\"class\":\"red\"}"))
                .refused(400, "membership head");
        assertThat(oip.get("/v2/models/colours").ok().text()).doesNotContain("contribution");
    }
}
