package io.dmst.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.image.Decoded;
import io.dmst.image.ImageDecoder;
import io.dmst.inference.session.LocalPredictors;
import io.dmst.onnx.OnnxExport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTests {

    @TempDir private Path directory = Path.of("");

    private JsonNode json(Path file) {
        return JsonMapper.shared().readTree(file.toFile());
    }

    private static void assertPicture(Path file) throws IOException {
        assertThat(new ImageDecoder().decode(Files.readAllBytes(file)))
                .isInstanceOf(Decoded.Picture.class);
    }

    @Test
    void theEngineIsMeasuredWithAndWithoutExplanations() throws IOException {
        Path json = directory.resolve("new/engine.json");
        Path plot = directory.resolve("engine.png");
        ModelDirectory model = LocalPredictors.model(null);
        Path graph = Files.write(directory.resolve("c.onnx"), OnnxExport.of(model).classify());

        Console run =
                Console.run(
                        "bench",
                        "engine",
                        "--batch",
                        "1,3",
                        "--duration",
                        "0.2",
                        "--warm-up",
                        "0",
                        "--workers",
                        "2",
                        "--graph",
                        "exported=" + graph,
                        "--json",
                        json,
                        "--plot",
                        plot);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("explain exact").contains("exported").contains("images/s");
        JsonNode tree = json(json);
        assertThat(tree.path("batches")).hasSize(2);
        JsonNode variants = tree.at("/batches/1/variants");
        assertThat(variants.valueStream().map(variant -> variant.path("name").asString()))
                .containsExactlyInAnyOrder(
                        "classify",
                        "recorded",
                        "plain",
                        "explain graph",
                        "explain maps",
                        "explain exact",
                        "exported");
        assertThat(variants.at("/0/name").asString()).isEqualTo("classify");
        assertThat(variants.at("/0/ratio/median").asDouble()).isEqualTo(1);
        for (JsonNode variant : variants) {
            assertThat(variant.at("/milliseconds/median").asDouble()).isPositive();
            assertThat(variant.at("/ratio/low").asDouble())
                    .isLessThanOrEqualTo(variant.at("/ratio/high").asDouble());
            assertThat(variant.at("/ratio/samples").asInt()).isGreaterThanOrEqualTo(22);
        }
        assertPicture(plot);
    }

    @Test
    void anEngineThatExplainsNothingIsMeasuredWithoutExplanations() {
        Path json = directory.resolve("identity.json");

        Console run =
                Console.run(
                        "bench",
                        "engine",
                        "--engine",
                        "identity",
                        "--batch",
                        "1",
                        "--duration",
                        "0.2",
                        "--warm-up",
                        "0",
                        "--json",
                        json);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(json(json).at("/batches/0/variants").valueStream())
                .extracting(variant -> variant.path("name").asString())
                .containsExactlyInAnyOrder("classify", "recorded");
    }

    @Test
    void aServerIsPutUnderBothKindsOfLoad() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.setExecutor(threads);
            server.createContext(
                    "/v1/classify",
                    exchange -> {
                        exchange.getRequestBody().readAllBytes();
                        byte[] body = "{}".getBytes(UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                        exchange.close();
                    });
            server.start();
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            load(url, "--concurrency", "2");
            load(url, "--rate", "50");
            assertThat(load(url, "--rate", "0.5x").at("/saturation/rate").asDouble()).isPositive();
            assertThat(load(url, "--saturate").at("/saturation/steps/0/concurrency").asInt())
                    .isEqualTo(1);
            server.stop(0);
        }
    }

    private JsonNode load(String url, String... way) throws IOException {
        Path json = directory.resolve("load.json");
        Path plot = directory.resolve("load.png");
        Console run =
                Console.run(
                        "bench",
                        "load",
                        url,
                        way[0],
                        way.length > 1 ? way[1] : "--timeout=10",
                        "--duration=1",
                        "--warm-up=0.5",
                        "--probe=0.1",
                        "--json=" + json,
                        "--plot=" + plot);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("throughput").contains("p99.9");
        assertPicture(plot);
        JsonNode tree = json(json);
        assertThat(tree.at("/measured/latency/count").asInt()).isPositive();
        assertThat(tree.at("/measured/outcomes/OK").asInt()).isPositive();
        return tree;
    }

    @Test
    void aServerThatIsNotThereIsAFailure() {
        Console run =
                Console.run(
                        "bench",
                        "load",
                        "http://127.0.0.1:1",
                        "--concurrency=1",
                        "--duration=0.2",
                        "--warm-up=0");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("CONNECT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "1.x", "-3", "0x10", "1e9"})
    void aRateThatIsNoneIsWrongUsage(String rate) {
        Console run = Console.run("bench", "load", "http://localhost:1", "--rate=" + rate);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("as in 0.5x");
    }

    @Test
    void aLoadIsSentInExactlyOneWay() {
        assertThat(Console.run("bench", "load", "http://localhost:1").status()).isEqualTo(2);
        assertThat(
                        Console.run(
                                        "bench",
                                        "load",
                                        "http://localhost:1",
                                        "--rate=3",
                                        "--concurrency=2")
                                .status())
                .isEqualTo(2);
        assertThat(Console.run("bench").err()).contains("Which measurement?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"engine", "load", "overhead", "service", "hop"})
    void everyMeasurementExplainsItself(String name) {
        Console run = Console.run("bench", name, "--help");

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("--json=FILE")
                .contains("--plot=FILE.png")
                .contains("--duration=SECONDS")
                .contains("Default: ");
    }
}
