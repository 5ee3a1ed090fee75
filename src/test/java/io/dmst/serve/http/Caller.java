package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a server as curl would. */
final class Caller {

    static final String CLASSIFY = "/v1/classify";
    private static final String BOUNDARY = "----a-boundary";

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(20))
                    .build();
    private final String base;

    Caller(int port) {
        base = "http://localhost:" + port;
    }

    /**
     * An answer.
     *
     * @param body of it, as text
     */
    record Answer(HttpResponse<String> response, String body) {

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        /** Labels in the place of the results. */
        List<String> labels() {
            return json().path("results")
                    .valueStream()
                    .map(result -> result.path("predictions").path(0).path("label").asString("-"))
                    .toList();
        }

        /** Checks that it is a problem as every problem must be. */
        Answer problem(int status, String code) {
            assertThat(status()).as(body).isEqualTo(status);
            assertThat(header("Content-Type")).isEqualTo("application/problem+json");
            JsonNode problem = json();
            assertThat(problem.path("code").asString()).isEqualTo(code);
            assertThat(problem.path("status").asInt()).isEqualTo(status);
            assertThat(problem.path("detail").asString()).isNotBlank().doesNotContain("Exception");
            assertThat(problem.path("request_id").asString())
                    .isNotBlank()
                    .isEqualTo(header("X-Request-Id"));
            return this;
        }
    }

    /** A request to be changed further. */
    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response, response.body());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The body of an answer that is no text. */
    byte[] bytes(HttpRequest.Builder request) throws java.io.IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    Answer get(String path) {
        return send(to(path).GET());
    }

    /** As {@code curl -T}: no content type. */
    Answer put(String path, byte[] body) {
        return send(to(path).PUT(BodyPublishers.ofByteArray(body)));
    }

    Answer post(String path, @Nullable String type, byte[] body) {
        return post(path, type, BodyPublishers.ofByteArray(body));
    }

    Answer post(String path, @Nullable String type, BodyPublisher body) {
        HttpRequest.Builder request = to(path).POST(body);
        return send(type == null ? request : request.header("Content-Type", type));
    }

    /** As {@code curl -F image=@… -F image=@…}. */
    Answer form(String path, String part, byte[]... files) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] file : files) {
            body.writeBytes(
                    ("--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"f.jpg\"\r\n"
                                    + "Content-Type: image/jpeg\r\n\r\n")
                            .formatted(BOUNDARY, part)
                            .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(file);
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return post(path, "multipart/form-data; boundary=" + BOUNDARY, body.toByteArray());
    }

    Answer json(String path, String body) {
        return post(path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[]... files) {
        return List.of(files).stream()
                .map(file -> "{\"b64\":\"" + Base64.getEncoder().encodeToString(file) + "\"}")
                .collect(Collectors.joining(",", "{\"images\":[", "]}"));
    }
}
