package io.dmst.bench;

import io.dmst.bench.SoakLedger.Verdict;
import io.dmst.bench.SoakVisitor.Seen;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The kinds of requests of a soak by HTTP. What a good image's answer must be is what the first
 * answer was, to the last digit. Safe for use by several threads.
 */
final class SoakHttp implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PIECES = 8;
    private static final long PIECE_MILLIS = 100;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();
    private final URI server;
    private final byte[] image;
    private final String right;

    /**
     * @param image that is good
     */
    SoakHttp(URI server, byte[] image) throws IOException, InterruptedException {
        this.server = server;
        this.image = image;
        this.right = results(send("first", "/v1/classify", image, "60"));
    }

    private record Named(String kind, Sending sending) implements SoakVisitor {

        interface Sending {
            Seen visit(String id) throws Exception;
        }

        @Override
        public Seen visit(String id) throws Exception {
            return sending.visit(id);
        }
    }

    /** One of each kind. */
    List<SoakVisitor> visitors() {
        return List.of(
                new Named("http good", this::good),
                new Named("http explain", this::explain),
                new Named("http bad image", this::bad),
                new Named("http bad parameter", this::parameter),
                new Named("http no time", this::noTime),
                new Named("http slow upload", this::slow),
                new Named("http cancelled", this::cancelled));
    }

    private HttpResponse<String> send(String id, String path, byte[] body, String timeout)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.resolve(path))
                        .header("X-Request-Id", id)
                        .header("Request-Timeout", timeout)
                        .timeout(PATIENCE)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String results(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body()).path("results").toString();
    }

    private static Seen own(HttpResponse<String> response, String id, Seen seen) {
        String came = response.headers().firstValue("X-Request-Id").orElse("");
        return came.equals(id) ? seen : new Seen(Verdict.DOUBLE, "the answer to " + came);
    }

    /** Overload is an answer, if it says when to come again. */
    private static String code(HttpResponse<String> response) {
        if (response.statusCode() == 200) {
            return "OK";
        }
        JsonNode problem = JsonMapper.shared().readTree(response.body());
        String code = problem.path("code").asString("status " + response.statusCode());
        boolean told = response.headers().firstValue("Retry-After").isPresent();
        return code.equals("OVERLOADED") && !told ? "OVERLOADED without Retry-After" : code;
    }

    private Seen good(String id) throws IOException, InterruptedException {
        HttpResponse<String> response = send(id, "/v1/classify", image, "30");
        String code = code(response);
        return own(
                response,
                id,
                code.equals("OK")
                        ? Seen.among(results(response), right)
                        : Seen.among(code, "OVERLOADED", "DEADLINE_EXCEEDED"));
    }

    private Seen explain(String id) throws IOException, InterruptedException {
        HttpResponse<String> response = send(id, "/v1/explain?layers=last", image, "30");
        return own(
                response, id, Seen.among(code(response), "OK", "OVERLOADED", "DEADLINE_EXCEEDED"));
    }

    private Seen bad(String id) throws IOException, InterruptedException {
        byte[] half = Arrays.copyOf(image, image.length / 2);
        HttpResponse<String> response = send(id, "/v1/classify", half, "30");
        return own(
                response,
                id,
                Seen.among(code(response), "INVALID_IMAGE", "OVERLOADED", "DEADLINE_EXCEEDED"));
    }

    private Seen parameter(String id) throws IOException, InterruptedException {
        HttpResponse<String> response = send(id, "/v1/classify?top_k=none", image, "30");
        return own(response, id, Seen.among(code(response), "INVALID_ARGUMENT"));
    }

    private Seen noTime(String id) throws IOException, InterruptedException {
        HttpResponse<String> response = send(id, "/v1/classify", image, "0.002");
        return own(
                response, id, Seen.among(code(response), "OK", "OVERLOADED", "DEADLINE_EXCEEDED"));
    }

    private String head(String id) {
        return "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                .formatted(id, image.length);
    }

    private Socket connect(String id) throws IOException {
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write(head(id).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private Seen slow(String id) throws IOException, InterruptedException {
        try (Socket socket = connect(id)) {
            OutputStream out = socket.getOutputStream();
            int piece = image.length / PIECES + 1;
            for (int from = 0; from < image.length; from += piece) {
                out.write(image, from, Math.min(piece, image.length - from));
                out.flush();
                Thread.sleep(PIECE_MILLIS);
            }
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.startsWith("HTTP/1.1 200") || answer.startsWith("HTTP/1.1 429")
                    ? answer.contains(id)
                            ? Seen.RIGHT
                            : new Seen(Verdict.DOUBLE, "the answer to another")
                    : new Seen(answer.isEmpty() ? Verdict.LOST : Verdict.WRONG, answer);
        }
    }

    private Seen cancelled(String id) throws IOException, InterruptedException {
        try (Socket socket = connect(id)) {
            socket.getOutputStream().write(image);
            Thread.sleep(2);
            return Seen.LEFT;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
