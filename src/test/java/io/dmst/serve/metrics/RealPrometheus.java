package io.dmst.serve.metrics;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Prometheus of its own, with our rules, that reads services every second. */
final class RealPrometheus implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private RealPrometheus(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it.
     *
     * @param directory for its data and its log
     * @param targets management port of each job
     */
    static RealPrometheus start(Path directory, Map<String, Integer> targets) throws IOException {
        Path configuration = directory.resolve("prometheus.yml");
        Files.writeString(configuration, configuration(targets));
        int port = free();
        File log = directory.resolve("prometheus.log").toFile();
        return new RealPrometheus(
                new ProcessBuilder(
                                "prometheus",
                                "--config.file=" + configuration,
                                "--storage.tsdb.path=" + directory.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port)
                        .redirectErrorStream(true)
                        .redirectOutput(log)
                        .start(),
                port);
    }

    private static String configuration(Map<String, Integer> targets) {
        return """
        global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
        rule_files: ['%s']
        scrape_configs:
        %s
        """
                .formatted(
                        Rules.FILE.toAbsolutePath(),
                        targets.entrySet().stream()
                                .map(target ->
                                        "- {job_name: %s, metrics_path: /actuator/prometheus, static_configs: [{targets: ['localhost:%d']}]}"
                                                .formatted(target.getKey(), target.getValue()))
                                .collect(Collectors.joining("\n")));
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    boolean ready() {
        try {
            return get("/-/ready").contains("Ready");
        } catch (IOException e) {
            return false;
        }
    }

    /** The series of an instant vector. */
    JsonNode query(String expression) throws IOException {
        return data("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result");
    }

    /** Every rule with its state. */
    JsonNode groups() throws IOException {
        return data("/api/v1/rules").path("groups");
    }

    /** Names of all series. */
    JsonNode names() throws IOException {
        return data("/api/v1/label/__name__/values");
    }

    private JsonNode data(String path) throws IOException {
        JsonNode answer = JsonMapper.shared().readTree(get(path));
        if (!answer.path("status").asString().equals("success")) {
            throw new IOException(path + ": " + answer.path("error").asString());
        }
        return answer.path("data");
    }

    private String get(String path) throws IOException {
        try {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
