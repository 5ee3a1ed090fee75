package io.dmst.serve.gateway;

import io.dmst.DmstApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A whole service within this process. */
final class Process implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ConfigurableApplicationContext context;

    private Process(List<String> arguments) {
        context =
                new SpringApplicationBuilder(DmstApplication.class)
                        .run(arguments.toArray(String[]::new));
    }

    /** An inference node on a port of gRPC; 0 for any. */
    static Process node(int port, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--server.port=0",
                                "--management.server.port=0",
                                "--spring.grpc.server.port=" + port));
        arguments.addAll(List.of(more));
        return new Process(arguments);
    }

    /** A gateway before nodes. */
    static Process gateway(String nodes, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--dmst.inference.mode=remote");
        arguments.add("--dmst.gateway.nodes=" + nodes);
        return node(0, arguments.toArray(String[]::new));
    }

    int grpcPort() {
        return context.getBean(GrpcServerLifecycle.class).getPort();
    }

    int httpPort() {
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort();
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    HttpResponse<String> send(String path, byte[] body, Duration time)
            throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort() + path))
                        .header("Request-Timeout", String.valueOf(time.toMillis() / 1000.0))
                        .PUT(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Override
    public void close() {
        context.close();
    }
}
