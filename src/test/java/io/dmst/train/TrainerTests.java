package io.dmst.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.checkpoint.Safetensors;
import io.dmst.checkpoint.Tensor;
import io.dmst.checkpoint.Tensors;
import io.dmst.train.augment.AugmentOptions;
import io.dmst.train.data.BadData;
import io.dmst.train.data.ClassWeights;
import io.dmst.train.data.DataOptions;
import io.dmst.train.data.SplitOptions;
import io.dmst.train.data.SyntheticImages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTests {

    private static final ModelConfig TINY =
            ModelConfig.of(
                    Map.of(
                            "name", "tiny",
                            "image_size", 16,
                            "patch_size", 4,
                            "embed_dim", 16,
                            "depth", 2,
                            "num_heads", 2,
                            "cls_attn_layers", 1,
                            "num_classes", 2));

    @TempDir private Path directory = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void writeImages() throws IOException {
        data = SyntheticImages.write(directory.resolve("data"), 24);
    }

    @Test
    void learnsClassesThatDifferInColour() throws Exception {
        Path out = directory.resolve("model");
        double accuracy = train(request(out, options(8, 2e-3), false));
        assertThat(accuracy).isGreaterThan(0.9);

        ModelDirectory model = ModelDirectory.read(out);
        assertThat(model.labels()).containsExactly(SyntheticImages.CLASSES);
        assertThat(model.config().numClasses()).isEqualTo(3);
        assertThat(model.card().frontMatter())
                .containsEntry("training_images", 66)
                .containsEntry("validation_images", 6)
                .containsEntry("test_images", 72)
                .containsEntry("command", "dmst train test");
        List<String> metrics = Files.readAllLines(out.resolve("metrics.csv"));
        assertThat(metrics).hasSize(9);
        assertThat(metrics.getFirst()).contains("layer.1.compression", "layer.0.usage.1");
        assertThat(out.resolve("training.png")).isNotEmptyFile();
    }

    @Test
    void aResumedTrainingEndsLikeAnUninterruptedOne() throws Exception {
        Path whole = directory.resolve("whole");
        train(request(whole, options(3, 2e-3), false));

        Path killed = directory.resolve("killed");
        Thread training = new Thread(() -> trainQuietly(request(killed, options(3, 2e-3), false)));
        training.start();
        while (!TrainingState.exists(killed)) {
            Thread.sleep(5);
        }
        training.interrupt();
        training.join();
        train(request(killed, options(3, 2e-3), true));

        assertThat(ModelDirectory.read(killed).digest())
                .isEqualTo(ModelDirectory.read(whole).digest());
        assertThat(Files.readAllLines(killed.resolve("metrics.csv"))).hasSize(4);
    }

    @Test
    void resumingWithOtherOptionsIsRefused() throws Exception {
        Path out = directory.resolve("model");
        train(request(out, options(1, 2e-3), false));
        assertThatThrownBy(() -> train(request(out, options(2, 2e-3), true)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other options");
        assertThatThrownBy(() -> train(request(out, options(1, 2e-3), false)))
                .hasMessageContaining("--resume");
        assertThat(train(request(out, options(1, 2e-3), true)))
                .as("a complete training tells how good it is")
                .isPositive();
    }

    @Test
    void aLossThatIsNoNumberStopsAndKeepsTheLastGoodEpoch() throws Exception {
        Path out = directory.resolve("model");
        Thread training = new Thread(() -> trainQuietly(request(out, options(500, 2e-3), false)));
        training.start();
        while (!TrainingState.exists(out)) {
            Thread.sleep(5);
        }
        training.interrupt();
        training.join();
        poison(out.resolve("training-state.safetensors"));
        String good = ModelDirectory.read(out).digest();

        assertThatThrownBy(() -> train(request(out, options(500, 2e-3), true)))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("step")
                .hasMessageContaining("--learning-rate");
        assertThat(ModelDirectory.read(out).digest()).isEqualTo(good);
    }

    private static void poison(Path state) throws IOException {
        Tensors saved = Safetensors.read(state);
        Map<String, Tensor> tensors = new LinkedHashMap<>(saved.tensors());
        tensors.put("weight.head.bias", Tensor.of(new float[] {Float.NaN, 0, 0}, 3));
        Safetensors.write(state, tensors, saved.metadata());
    }

    @Test
    void badDataIsNamedAndSkippedOrRefused() throws Exception {
        Files.writeString(data.resolve("train/red/broken.jpg"), "no image");
        Files.createDirectories(data.resolve("train/yellow"));
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        TrainingRequest skipping = request(directory.resolve("a"), options(1, 2e-3), false);
        new Trainer(skipping, new PrintStream(log, true, StandardCharsets.UTF_8)).train();
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("broken.jpg")
                .contains("yellow: the class has no images");

        TrainingRequest refusing =
                new TrainingRequest(
                        images(BadData.REFUSE),
                        TINY,
                        options(1, 2e-3),
                        directory.resolve("b"),
                        false,
                        Device.cpu(),
                        "");
        assertThatThrownBy(() -> train(refusing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.jpg");
    }

    @Test
    void noStepLeavesNativeArraysBehind() throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        TrainingRequest request = request(directory.resolve("model"), options(4, 2e-3), false);
        new Trainer(request, new PrintStream(log, true, StandardCharsets.UTF_8)).train();
        List<String> counts =
                log.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains("live arrays"))
                        .map(line -> line.replaceAll(".*, (\\d+) live arrays.*", "$1"))
                        .toList();
        assertThat(counts).hasSize(4);
        assertThat(counts.stream().distinct()).hasSize(1);
    }

    private static TrainOptions options(int epochs, double rate) {
        AugmentOptions everything = new AugmentOptions(true, 0.125, 1, 0, 1, 3, 0.2, 1, 0.2);
        return new TrainOptions(
                epochs,
                12,
                rate,
                1,
                0.05,
                1,
                0.1,
                0.9,
                0.1,
                everything,
                7,
                1,
                0,
                ClassWeights.NONE);
    }

    private TrainingRequest request(Path out, TrainOptions options, boolean resume) {
        return new TrainingRequest(
                images(BadData.SKIP), TINY, options, out, resume, Device.cpu(), "dmst train test");
    }

    private DataOptions images(BadData badData) {
        return new DataOptions(data, SplitOptions.DEFAULT, badData, 2, 1 << 20);
    }

    private static double train(TrainingRequest request) throws Exception {
        return new Trainer(
                        request,
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                .train();
    }

    private static void trainQuietly(TrainingRequest request) {
        try {
            train(request);
        } catch (Exception expected) {
            // interrupted on purpose
        }
    }
}
