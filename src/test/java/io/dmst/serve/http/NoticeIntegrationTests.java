package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.DmstApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Between the order to stop and the first refusal all goes on, and everybody can hear of it. */
@Timeout(60)
class NoticeIntegrationTests {

    private final ConfigurableApplicationContext server =
            new SpringApplication(FakeModels.class, DmstApplication.class)
                    .run(
                            "--server.port=0",
                            "--spring.grpc.server.port=0",
                            "--management.server.port=0",
                            "--dmst.shutdown.pre-drain-delay=3s",
                            "--dmst.shutdown.idle-timeout=100ms");
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HttpResponse<String> get(String port, String path)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + value(port) + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> classify() throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://localhost:"
                                                + value("local.server.port")
                                                + Caller.CLASSIFY))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(Pictures.red()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String value(String port) {
        return server.getEnvironment().getRequiredProperty(port);
    }

    @Test
    void requestsAreAnsweredOnConnectionsThatEndWhileReadinessIsDown() throws Exception {
        assertThat(classify().headers().firstValue("Connection")).isEmpty();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
        await().until(() ->
                get("local.management.port", "/actuator/health/readiness").statusCode() == 503);

        HttpResponse<String> first = classify();
        HttpResponse<String> second = classify();
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Connection")).hasValue("close");
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(stopped).isNotDone();
        stopped.join();
    }
}
