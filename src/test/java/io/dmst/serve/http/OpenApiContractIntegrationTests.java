package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** {@code -Dopenapi.update=true} writes the committed contract anew. */
@ServerTest
class OpenApiContractIntegrationTests {

    private static final Path COMMITTED = Path.of("openapi/dmst.yaml");

    private final Caller caller;

    OpenApiContractIntegrationTests(@LocalServerPort int port) {
        caller = new Caller(port);
    }

    @Test
    void theCommittedContractIsTheOneThatIsServed() throws IOException {
        String served = caller.get("/openapi.yaml").body();
        if (Boolean.getBoolean("openapi.update")) {
            Files.createDirectories(COMMITTED.getParent());
            Files.writeString(COMMITTED, served);
        }
        assertThat(served)
                .as("openapi/dmst.yaml is out of date: run this test with -Dopenapi.update=true")
                .isEqualTo(Files.readString(COMMITTED));
    }

    @Test
    void everyFailureOfTheVocabularyIsNamedInTheContract() {
        String served = caller.get("/openapi.yaml").body();
        for (FailureCode code : FailureCode.values()) {
            assertThat(served).contains("- " + code);
        }
    }

    @Test
    void thePageForPeopleIsServed() {
        assertThat(caller.get("/swagger-ui").status()).isEqualTo(302);
        assertThat(caller.get("/swagger-ui/index.html").body()).contains("swagger");
    }
}
