package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/** A connection serves as long as its client wants it. */
@ServerTest
class KeepAliveIntegrationTests {

    private static final int REQUESTS = 250;

    private final int port;

    KeepAliveIntegrationTests(@LocalServerPort int port) {
        this.port = port;
    }

    @Test
    void theDocumentNamesTheLimit(@Value("${server.tomcat.max-keep-alive-requests}") int limit)
            throws IOException {
        assertThat(Files.readString(Path.of("docs", "how-to", "kubernetes.md")))
                .contains(String.format(Locale.ROOT, "ends after %,d requests", limit));
    }

    @Test
    void aThousandClientsMayComeAtOnce(@Autowired WebServerApplicationContext context) {
        assertThat(connector(context, "acceptCount")).isEqualTo(1024);
    }

    private static @Nullable Object connector(
            WebServerApplicationContext context, String property) {
        return assertThat(context.getWebServer())
                .asInstanceOf(InstanceOfAssertFactories.type(TomcatWebServer.class))
                .actual()
                .getTomcat()
                .getConnector()
                .getProperty(property);
    }

    @Test
    void hundredsOfRequestsGoThroughOneConnection() throws IOException {
        String request = "GET /v1/models HTTP/1.1\r\nHost: x\r\n%s\r\n";
        String requests =
                request.formatted("").repeat(REQUESTS - 1)
                        + request.formatted("Connection: close\r\n");
        assertThat(answers(requests).split("HTTP/1\\.1 200")).hasSize(1 + REQUESTS);
    }

    private String answers(String requests) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
