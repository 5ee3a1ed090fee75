package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a server of the Open Inference Protocol over HTTP. */
public final class OipCaller {

    /** Name of the header that says how much of a body is JSON. */
    public static final String JSON_LENGTH = "Inference-Header-Content-Length";

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(20))
                    .build();
    private final String base;

    OipCaller(int port) {
        this("http://localhost:" + port);
    }

    public OipCaller(String base) {
        this.base = base;
    }

    /** An answer. */
    public record Reply(HttpResponse<byte[]> response) {

        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        private int jsonLength() {
            String length = header(JSON_LENGTH);
            return length.isEmpty() ? response.body().length : Integer.parseInt(length);
        }

        public JsonNode json() {
            return JsonMapper.shared().readTree(Arrays.copyOf(response.body(), jsonLength()));
        }

        /** The numbers that follow the JSON, from a byte on. */
        public float[] floats(int from) {
            int start = jsonLength() + from;
            float[] values = new float[(response.body().length - start) / Float.BYTES];
            ByteBuffer.wrap(response.body(), start, values.length * Float.BYTES)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return values;
        }

        public Reply ok() {
            assertThat(status()).as(text()).isEqualTo(200);
            return this;
        }

        /** Checks that it is an error as the protocol has it. */
        public Reply refused(int status, String told) {
            assertThat(status()).as(text()).isEqualTo(status);
            assertThat(header("Content-Type")).startsWith("application/json");
            assertThat(json().propertyNames()).containsExactly("error");
            assertThat(json().path("error").asString())
                    .isNotBlank()
                    .contains(told)
                    .doesNotContain("Exception");
            return this;
        }
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            return new Reply(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
    }

    public Reply get(String path) {
        return send(to(path).GET());
    }

    public Reply post(String path, String json, String... headers) {
        HttpRequest.Builder request =
                to(path).POST(BodyPublishers.ofString(json))
                        .header("Content-Type", "application/json");
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** JSON, and bytes after it. */
    public Reply binary(String path, String json, byte[] tail) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        return raw(path, String.valueOf(head.length), joined(head, tail));
    }

    /** A body, and how much of it is said to be JSON. */
    public Reply raw(String path, String jsonLength, byte[] body) {
        return send(
                to(path).POST(BodyPublishers.ofByteArray(body))
                        .header("Content-Type", "application/octet-stream")
                        .header(JSON_LENGTH, jsonLength));
    }

    Reply compressed(String path, String encoding, byte[] body) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream packing =
                encoding.equals("gzip")
                        ? new GZIPOutputStream(packed)
                        : new DeflaterOutputStream(packed)) {
            packing.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return send(
                to(path).POST(BodyPublishers.ofByteArray(packed.toByteArray()))
                        .header("Content-Encoding", encoding));
    }

    /** Elements of BYTES, each after its length. */
    public static byte[] elements(byte[]... elements) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] element : elements) {
            bytes.writeBytes(
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(element.length)
                            .array());
            bytes.writeBytes(element);
        }
        return bytes.toByteArray();
    }

    static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }
}
