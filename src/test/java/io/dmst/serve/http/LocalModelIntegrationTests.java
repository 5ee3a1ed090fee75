package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.DmstApplication;
import io.dmst.serve.http.Caller.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** From a file's bytes to a prediction with nothing in between left out. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = DmstApplication.class,
        properties = "management.server.port=0")
class LocalModelIntegrationTests {

    @TempDir private static Path directory;

    private final Caller caller;

    LocalModelIntegrationTests(@LocalServerPort int port) {
        caller = new Caller(port);
    }

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry registry) throws IOException {
        Path golden = Path.of("src/test/resources/golden");
        Files.copy(golden.resolve("tost-micro-p16.json"), directory.resolve("config.json"));
        Files.copy(
                golden.resolve("tost-micro-p16.safetensors"),
                directory.resolve("model.safetensors"));
        registry.add("dmst.inference.model", directory::toString);
    }

    @Test
    void aPictureIsDecodedComputedAndRanked() {
        Answer answer = caller.put(Caller.CLASSIFY, Pictures.red());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-batch-size")).isEqualTo("1");
        double sum = 0;
        double last = 1;
        JsonNode predictions = answer.json().path("results").path(0).path("predictions");
        assertThat(predictions).hasSize(5);
        for (JsonNode prediction : predictions) {
            double probability = prediction.path("probability").asDouble();
            assertThat(probability).isBetween(0.0, last);
            last = probability;
            sum += probability;
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
    }

    @Test
    void onePictureHasOneAnswerHoweverOftenAndInWhicheverCompany() {
        JsonNode alone = caller.put(Caller.CLASSIFY, Pictures.green()).json().path("results");
        JsonNode together =
                caller.form(Caller.CLASSIFY, "image", Pictures.red(), Pictures.green())
                        .json()
                        .path("results");
        assertThat(together.path(1)).isEqualTo(alone.path(0));
    }
}
