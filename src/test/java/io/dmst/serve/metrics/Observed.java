package io.dmst.serve.metrics;

import io.dmst.DmstApplication;
import io.dmst.serve.predict.Models;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.imageio.ImageIO;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A whole service with the bundled model, to be looked at from outside. */
final class Observed implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Path CAT = Path.of("src/test/resources/image/chelsea.png");

    private final ConfigurableApplicationContext context;

    private Observed(List<String> arguments) {
        context =
                new SpringApplicationBuilder(DmstApplication.class)
                        .run(arguments.toArray(String[]::new));
    }

    /** An inference node. */
    static Observed node(String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--server.port=0",
                                "--management.server.port=0",
                                "--spring.grpc.server.port=0"));
        arguments.addAll(List.of(more));
        return new Observed(arguments);
    }

    /** A gateway before a node. */
    static Observed gateway(Observed node, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--dmst.inference.mode=remote");
        arguments.add(
                "--dmst.gateway.nodes=localhost:"
                        + node.context.getBean(GrpcServerLifecycle.class).getPort());
        return node(arguments.toArray(String[]::new));
    }

    boolean ready() {
        return context.getBean(Models.class).ready();
    }

    /** Whether there is a bean of a type. */
    boolean has(Class<?> type) {
        return context.getBeanProvider(type).getIfAvailable() != null;
    }

    int managementPort() {
        return port("local.management.port");
    }

    private int port(String key) {
        return Integer.parseInt(Objects.requireNonNull(context.getEnvironment().getProperty(key)));
    }

    /** What Prometheus would read. */
    String metrics() {
        return send(request(managementPort(), "/actuator/prometheus").build()).body();
    }

    /** A classification, an explanation, and what fails: not an image, no such model, no time. */
    void traffic() throws IOException {
        byte[] cat = Files.readAllBytes(CAT);
        put("/v1/classify", cat);
        put("/v1/explain?layers=last", cat);
        put("/v1/classify", new byte[] {1, 2, 3});
        put("/v1/classify?model=none", cat);
        put("/v1/classify", cat, "Request-Timeout", "0.001");
    }

    /** More small images at once than a short queue has room for. */
    void crowd() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", bytes);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                clients.execute(() -> put("/v1/classify", bytes.toByteArray()));
            }
        }
    }

    HttpResponse<String> classify(String... headers) throws IOException {
        return put("/v1/classify", Files.readAllBytes(CAT), headers);
    }

    private HttpResponse<String> put(String path, byte[] body, String... headers) {
        HttpRequest.Builder request =
                request(port("local.server.port"), path).PUT(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
