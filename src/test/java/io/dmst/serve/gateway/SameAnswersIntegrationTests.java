package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.serve.predict.Models;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Over HTTP a gateway answers what its node answers, byte for byte but for the request's id. */
class SameAnswersIntegrationTests {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Process node = Process.node(0);
    private static final Process gateway = Process.gateway("localhost:" + node.grpcPort());

    private static byte[] cat = {};
    private static String cat64 = "";

    @BeforeAll
    static void start() throws IOException {
        cat = Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
        cat64 = Base64.getEncoder().encodeToString(cat);
        await().atMost(Duration.ofSeconds(60)).until(() -> gateway.bean(Models.class).ready());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        node.close();
    }

    private static HttpRequest.Builder to(Process instance, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + instance.httpPort() + path));
    }

    private static HttpResponse<byte[]> ask(Process instance, String path, String type, byte[] body)
            throws Exception {
        HttpRequest.Builder request = to(instance, path);
        if (body.length > 0) {
            request.header("Content-Type", type).POST(BodyPublishers.ofByteArray(body));
        }
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static JsonNode withoutId(byte[] body) {
        JsonNode json = JsonMapper.shared().readTree(body);
        if (json instanceof ObjectNode object) {
            object.remove("request_id");
        }
        return json;
    }

    /** Asks both and holds the answers together. */
    private static HttpResponse<byte[]> same(String path, String type, byte[] body)
            throws Exception {
        HttpResponse<byte[]> local = ask(node, path, type, body);
        HttpResponse<byte[]> remote = ask(gateway, path, type, body);
        String text = new String(remote.body(), StandardCharsets.UTF_8);
        assertThat(remote.statusCode())
                .as(text.substring(0, Math.min(300, text.length())))
                .isEqualTo(local.statusCode());
        String kind = local.headers().firstValue("Content-Type").orElse("");
        assertThat(remote.headers().firstValue("Content-Type").orElse("")).isEqualTo(kind);
        if (kind.contains("json")) {
            assertThat(withoutId(remote.body())).isEqualTo(withoutId(local.body()));
        } else {
            assertThat(remote.body()).isEqualTo(local.body());
        }
        return local;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/classify",
                "/v1/classify?top_k=10&coding_rate=true",
                "/v1/explain",
                "/v1/explain?layers=last&groups=0,2",
                "/v1/explain?rates=variational&top_k=3",
                "/v1/explain?epsilon_squared=0.5",
                "/v1/explain?encoding=base64",
                "/v1/explain?format=npz",
                "/v1/explain?format=png",
                "/v1/explain?format=png&picture=maps",
                "/v1/explain?format=png&picture=segments",
                "/v1/explain?format=png&picture=rates",
                "/v1/explain?format=png&layers=1&groups=2"
            })
    void aFileIsClassifiedAndExplainedAlike(String path) throws Exception {
        assertThat(same(path, "image/png", cat).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models",
                "/v1/models/dmst-cifar10",
                "/v2",
                "/v2/models/dmst-cifar10",
                "/v2/models/dmst-cifar10/config",
                "/v2/models/dmst-cifar10/ready",
                "/v2/health/ready"
            })
    void theModelIsDescribedAlike(String path) throws Exception {
        assertThat(same(path, "", new byte[0]).statusCode()).isEqualTo(200);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void instancesOfKServeAreAnsweredAlike() throws Exception {
        byte[] instances = bytes("{\"instances\":[{\"b64\":\"%s\"}]}".formatted(cat64));
        for (String verb : new String[] {"predict", "explain"}) {
            String path = "/v1/models/dmst-cifar10:" + verb;
            assertThat(same(path, "application/json", instances).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void severalImagesOfWhichSomeAreBadAreAnsweredAlike() throws Exception {
        byte[] images =
                bytes(
                        "{\"images\":[{\"b64\":\"%s\"},{\"b64\":\"AAAA\"},{\"b64\":\"%s\"}]}"
                                .formatted(cat64, cat64));
        assertThat(same("/v1/classify", "application/json", images).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/classify?top_k=0, image/png, 400",
        "/v1/classify?model=none, image/png, 404",
        "/v1/explain?layers=99, image/png, 400",
        "/v1/explain?format=gif, image/png, 400",
        "/v1/models/dmst-cifar10:predict, application/json, 400",
        "/v2/models/dmst-cifar10/infer, application/json, 400",
        "/v2/models/none/infer, application/json, 404"
    })
    void refusalsAreAlike(String path, String type, int status) throws Exception {
        byte[] body = type.startsWith("image") ? cat : bytes("{\"inputs\":[{\"name\":1}]}");
        assertThat(same(path, type, body).statusCode()).isEqualTo(status);
    }

    @Test
    void damagedFilesAreRefusedAlike() throws Exception {
        same("/v1/classify", "image/png", Arrays.copyOf(cat, cat.length / 2));
        same("/v1/explain", "image/png", Arrays.copyOf(cat, 10));
        assertThat(same("/v1/classify", "image/png", new byte[] {1, 2}).statusCode())
                .isEqualTo(415);
    }

    static Iterable<String> outputs() {
        return OpenInference.outputs(node);
    }

    private static byte[] infer(int images, String outputs) {
        byte[] pixels = OpenInference.pixels(images);
        String data =
                IntStream.range(0, pixels.length)
                        .mapToObj(i -> String.valueOf(pixels[i] & 255))
                        .collect(Collectors.joining(","));
        return bytes(
                """
                {"id":"a","inputs":[{"name":"pixels","datatype":"UINT8","shape":[%d,32,32,3],
                "data":[%s]}]%s}\
                """
                        .formatted(images, data, outputs));
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void everyOutputOfTheOpenProtocolIsAlike(String output) throws Exception {
        String named = ",\"outputs\":[{\"name\":\"%s\"}]".formatted(output);
        HttpResponse<byte[]> answer =
                same("/v2/models/dmst-cifar10/infer", "application/json", infer(2, named));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void asManyImagesAsAreAllowedAreAnsweredAlike() throws Exception {
        HttpResponse<byte[]> answer =
                same("/v2/models/dmst-cifar10/infer", "application/json", infer(32, ""));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(
                        same("/v2/models/dmst-cifar10/infer", "application/json", infer(33, ""))
                                .statusCode())
                .isGreaterThanOrEqualTo(400);
    }
}
