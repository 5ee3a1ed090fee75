package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.http.Caller.Answer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ServerTest
class ModelsIntegrationTests {

    private final Caller caller;

    ModelsIntegrationTests(@LocalServerPort int port) {
        caller = new Caller(port);
    }

    @Test
    void everyModelIsListedWithItsVersionsAndTheDefaultIsMarked() {
        Answer answer = caller.get("/v1/models");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"models\":[{\"name\":\"colours\",\"versions\":[\"1\",\"2\"],"
                                + "\"default\":true}]}");
    }

    @Test
    void aModelShowsItsCardItsShapeAndItsClasses() {
        JsonNode model = caller.get("/v1/models/colours").json();
        assertThat(model.path("version").asString()).isEqualTo("2");
        assertThat(model.path("versions")).hasSize(2);
        assertThat(model.path("digest").asString()).startsWith("sha256:2");
        assertThat(model.path("input").path("height").asInt()).isEqualTo(4);
        assertThat(model.path("input").path("width").asInt()).isEqualTo(6);
        assertThat(model.path("classes").path(2).asString()).isEqualTo("blue");
        assertThat(model.path("accuracy").asDouble()).isEqualTo(0.875);
        assertThat(model.path("config").path("embed_dim").asInt()).isEqualTo(4);
        assertThat(model.path("config").path("attention").asString()).isEqualTo("dmsa");
        assertThat(model.path("card").path("facts").path("license").asString())
                .isEqualTo("apache-2.0");
        assertThat(model.path("card").path("text").asString()).startsWith("# Colours");
        assertThat(caller.get("/v1/models/colours?version=1").json().path("version").asString())
                .isEqualTo("1");
    }

    @Test
    void anUnknownModelOrVersionIs404() {
        caller.get("/v1/models/shapes").problem(404, "UNKNOWN_MODEL");
        caller.get("/v1/models/colours?version=3").problem(404, "UNKNOWN_MODEL");
    }
}
