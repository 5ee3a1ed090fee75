package io.dmst.serve.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.DmstApplication;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.engine.OnnxProgram;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.serve.http.OipCaller;
import io.dmst.serve.http.OipCaller.Reply;
import io.dmst.serve.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** A whole service with a models directory: versions come, go and are checked, under requests. */
class ModelsFolderIntegrationTests {

    private static final String REPOSITORY = "/v2/repository/models/" + ModelsFolder.NAME;
    private static final byte[] PIXELS = new byte[16 * 16 * 3];

    private final Path directory;
    private final ModelsFolder folder;
    private final ConfigurableApplicationContext context;
    private final OipCaller caller;

    ModelsFolderIntegrationTests(@TempDir Path directory) throws IOException {
        new SplittableRandom(5).nextBytes(PIXELS);
        this.directory = directory;
        folder = new ModelsFolder(directory);
        folder.write("1", 3);
        context = service("--dmst.models.directory=" + directory);
        int port =
                Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                        .getPort();
        caller = new OipCaller("http://localhost:" + port);
    }

    private static ConfigurableApplicationContext service(String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--server.port=0");
        arguments.add("--management.server.port=0");
        arguments.add("--spring.grpc.server.port=0");
        arguments.add("--dmst.oip.repository-control=true");
        return new SpringApplicationBuilder(DmstApplication.class)
                .run(arguments.toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        context.close();
    }

    private Reply load() {
        return caller.post(REPOSITORY + "/load", "{}");
    }

    private Reply infer(String version) {
        List<String> numbers = new ArrayList<>();
        for (byte pixel : PIXELS) {
            numbers.add(String.valueOf(pixel & 0xff));
        }
        return caller.post(
                "/v2/models/" + ModelsFolder.NAME + version + "/infer",
                """
                {"inputs":[{"name":"pixels","datatype":"UINT8","shape":[1,16,16,3],"data":[%s]}],
                 "outputs":[{"name":"logits"}]}\
                """
                        .formatted(String.join(",", numbers)));
    }

    private static List<Float> logits(Reply reply) {
        return reply.ok()
                .json()
                .at("/outputs/0/data")
                .valueStream()
                .map(JsonNode::floatValue)
                .toList();
    }

    private static List<Float> logits(ModelDirectory model) {
        try (OnnxProgram program = new OnnxProgram(OnnxExport.of(model).classify())) {
            List<Float> logits = new ArrayList<>();
            for (float logit :
                    program.run(Tensor.ofBytes(PIXELS, 1, 16, 16, 3)).get("logits").toFloats()) {
                logits.add(logit);
            }
            return logits;
        }
    }

    /** State by version, as the index has it. */
    private String states() {
        List<String> states = new ArrayList<>();
        for (JsonNode entry : caller.post("/v2/repository/index", "{}").ok().json()) {
            states.add(entry.path("version").asString() + " " + entry.path("state").asString());
        }
        return String.join(", ", states);
    }

    private String versions() {
        return caller.get("/v2/models/" + ModelsFolder.NAME)
                .ok()
                .json()
                .path("versions")
                .toString();
    }

    @Test
    void aVersionThatIsPutBesideAnotherIsServedOnceItIsLoaded() throws IOException {
        ModelDirectory second = folder.write("2", 4);
        assertThat(states()).isEqualTo("1 READY, 2 UNAVAILABLE");
        infer("/versions/2").refused(404, "version");
        load().ok();
        assertThat(states()).isEqualTo("1 READY, 2 READY");
        assertThat(versions()).isEqualTo("[\"1\",\"2\"]");
        assertThat(logits(infer("/versions/2"))).isEqualTo(logits(second));
        assertThat(logits(infer(""))).as("the newest is the default").isEqualTo(logits(second));
        assertThat(logits(infer("/versions/1")))
                .isEqualTo(logits(ModelDirectory.read(folder.path("1"))));
        assertThat(
                        caller.get("/v2/models/" + ModelsFolder.NAME + "/versions/2/stats")
                                .ok()
                                .json()
                                .at("/model_stats/0/inference_count")
                                .asInt())
                .isEqualTo(2);
        assertThat(shown()).containsExactlyInAnyOrder("1", "2");
    }

    private List<String> shown() {
        return context.getBean(MeterRegistry.class).find(Metric.MODEL_READY.id()).gauges().stream()
                .map(gauge -> String.valueOf(gauge.getId().getTag("version")))
                .toList();
    }

    @Test
    void aVersionWhoseEngineAnswersWronglyIsNotServedAndTheOthersServeOn() throws IOException {
        folder.claimOtherLogits(folder.write("2", 4));
        String error = load().refused(400, "version 2").json().path("error").asString();
        assertThat(error).contains("wrongly", "logits").doesNotContain(directory.toString());
        assertThat(states()).isEqualTo("1 READY, 2 UNAVAILABLE");
        assertThat(logits(infer(""))).hasSize(3);
    }

    @Test
    void aVersionThatIsGoneIsServedUntilTheModelIsLoadedAgain() throws IOException {
        folder.write("2", 4);
        load().ok();
        folder.delete("1");
        assertThat(logits(infer("/versions/1"))).hasSize(3);
        load().ok();
        infer("/versions/1").refused(404, "version");
        assertThat(logits(infer(""))).hasSize(4);
        assertThat(shown()).containsExactly("2");
    }

    @Test
    void otherFilesUnderALoadedVersionAreRefused() throws IOException {
        folder.write("1", 5);
        load().refused(400, "a version of their own");
        assertThat(logits(infer(""))).hasSize(3);
    }

    @Test
    void unloadingAnswersWhatWasTakenAndRefusesTheRest() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> asked = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                asked.add(
                        callers.submit(() -> {
                            List<Integer> statuses = new ArrayList<>();
                            while (!enough.get()) {
                                statuses.add(infer("").status());
                            }
                            return statuses;
                        }));
            }
            for (int round = 0; round < 3; round++) {
                caller.post(REPOSITORY + "/unload", "{}").ok();
                infer("").refused(503, "unloaded");
                load().ok();
                assertThat(logits(infer(""))).hasSize(3);
            }
            enough.set(true);
            for (Future<List<Integer>> caller : asked) {
                assertThat(caller.get()).isNotEmpty().allMatch(s -> s == 200 || s == 503);
            }
        }
    }

    @Test
    void whatIsUnloadedIsNotReadyAnywhereAndNotInMemory() {
        caller.post(REPOSITORY + "/unload", "{}").ok();
        assertThat(states()).isEqualTo("1 UNAVAILABLE");
        assertThat(caller.get("/v2/health/ready").status()).isEqualTo(503);
        caller.get("/v2/models/" + ModelsFolder.NAME).refused(503, "unloaded");
        assertThat(shown()).isEmpty();
        caller.post(REPOSITORY + "/unload", "{}").ok();
        load().ok();
        caller.get("/v2/health/ready").ok();
        caller.post("/v2/repository/models/other/load", "{}").refused(404, "other");
        caller.post("/v2/repository/models/other/unload", "{}").refused(404, "other");
    }

    @Test
    void oneModelAndADirectoryOfModelsExcludeEachOther() {
        assertThatThrownBy(() ->
                        service(
                                        "--dmst.models.directory=" + directory,
                                        "--dmst.inference.model=" + folder.path("1"))
                                .close())
                .rootCause()
                .hasMessageContaining("dmst.models.directory");
    }
}
