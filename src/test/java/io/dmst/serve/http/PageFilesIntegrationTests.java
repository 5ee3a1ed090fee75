package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.http.Caller.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page's files and the headers that they come with. */
@ServerTest
class PageFilesIntegrationTests {

    private static final List<String> FILES =
            List.of("/", "/index.html", "/page/page.js", "/page/page.css", "/page/icon.svg");

    private final Caller caller;

    PageFilesIntegrationTests(@LocalServerPort int port) {
        caller = new Caller(port);
    }

    @Test
    void thePageMayTalkToItsOwnServerOnly() {
        for (String file : FILES) {
            Answer answer = caller.get(file);
            assertThat(answer.status()).as(file).isEqualTo(200);
            assertThat(answer.header("Content-Security-Policy"))
                    .startsWith("default-src 'self'; img-src 'self' blob: data:;")
                    .doesNotContain("unsafe", "http");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        }
    }

    @Test
    void aFileThatHasNotChangedIsNotSentAgain() {
        for (String file : FILES) {
            Answer first = caller.get(file);
            assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
            assertThat(first.header("Last-Modified")).isEmpty();
            String tag = first.header("ETag");
            assertThat(tag).matches("\"[0-9a-f]{32}\"");
            Answer second = caller.send(caller.to(file).header("If-None-Match", tag).GET());
            assertThat(second.status()).isEqualTo(304);
            assertThat(second.body()).isEmpty();
        }
        assertThat(FILES.stream().skip(1).map(file -> caller.get(file).header("ETag")))
                .doesNotHaveDuplicates();
    }

    @Test
    void theDocumentationOfTheApiStaysAsItIs() {
        Answer swagger = caller.get("/swagger-ui/index.html");
        assertThat(swagger.status()).isEqualTo(200);
        assertThat(swagger.header("Content-Security-Policy")).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsAProblem() {
        caller.get("/page/none.js").problem(404, "INVALID_ARGUMENT");
        caller.get("/page/..%2fapplication.yaml").problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void noFileNamesAnotherHost() {
        for (String file : FILES) {
            assertThat(caller.get(file).body().replace("http://www.w3.org/2000/svg", ""))
                    .as(file)
                    .doesNotContain("http:", "https:", "//cdn");
        }
    }
}
