package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.lab.train.data.SyntheticImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTests {

    @TempDir private Path directory = Path.of("");
    private Trainings trainings = Trainings.of(Path.of(""));

    @BeforeEach
    void writeImages() throws IOException {
        trainings = Trainings.of(SyntheticImages.write(directory.resolve("data"), 24));
    }

    @Test
    void learnsClassesThatDifferInColour() throws Exception {
        Path out = directory.resolve("model");
        TrainingOutcome.Finished finished = trainings.epochs(8).train(out);
        assertThat(finished.accuracy()).isGreaterThan(0.9);
        assertThat(finished.testImages()).isEqualTo(72);

        ModelDirectory model = ModelDirectory.read(out);
        assertThat(model.labels()).containsExactly(SyntheticImages.CLASSES);
        assertThat(model.config().numClasses()).isEqualTo(3);
        assertThat(model.card().frontMatter())
                .containsEntry("training_images", 66)
                .containsEntry("validation_images", 6)
                .containsEntry("test_images", 72)
                .containsEntry("command", "dmst train test")
                .containsKeys("accuracy_with_memberships", "best_epoch")
                .doesNotContainKey("license");
        List<String> metrics = Files.readAllLines(out.resolve("metrics.csv"));
        assertThat(metrics).hasSize(9);
        assertThat(metrics.getFirst()).contains("layer.1.compression", "layer.0.usage.1");
        assertThat(out.resolve("training.png")).isNotEmptyFile();
        assertThat(Files.readString(out.resolve("result.json")))
                .contains("\"other_picture\"", "\"attention_off\"", "\"best_epoch\"");
    }

    @Test
    void everyImageOfASmallSetIsLearntFrom() throws Exception {
        Path out = directory.resolve("model");
        trainings.epochs(1).train(out);
        // 66 images in batches of 12: the last batch has 6
        assertThat(Files.readString(out.resolve("result.json"))).contains("\"steps\" : 6,");
    }

    @Test
    void aResumedTrainingEndsLikeAnUninterruptedOne() throws Exception {
        Path whole = directory.resolve("whole");
        trainings.train(whole);
        Path killed = directory.resolve("killed");
        trainings.interrupted(killed);
        trainings.resume(killed);
        assertThat(ModelDirectory.read(killed).digest())
                .isEqualTo(ModelDirectory.read(whole).digest());
        assertThat(Files.readAllLines(killed.resolve("metrics.csv"))).hasSize(4);
    }

    @Test
    void aTrainingThatIsStoppedWithinAnEpochEndsLikeAnUninterruptedOne() throws Exception {
        Path whole = directory.resolve("whole");
        trainings.train(whole);
        Path stopped = directory.resolve("stopped");
        int pieces = 0;
        boolean resume = false;
        while (Trainings.train(trainings.into(stopped, resume, new AfterBatches(2).signal()))
                instanceof TrainingOutcome.Stopped at) {
            pieces++;
            assertThat((at.epoch() - 1) * 6 + at.batches()).isEqualTo(2 * pieces);
            resume = true;
        }
        // 18 batches in pieces of two
        assertThat(pieces).isEqualTo(8);
        assertThat(ModelDirectory.read(stopped).digest())
                .isEqualTo(ModelDirectory.read(whole).digest());
    }

    /** A stop after a number of questions whether to stop, one before each batch. */
    private static final class AfterBatches {
        private int asked;
        private final int batches;

        AfterBatches(int batches) {
            this.batches = batches;
        }

        StopSignal signal() {
            return StopSignal.when(() -> asked++ >= batches);
        }
    }

    @Test
    void resumingTakesMoreEpochsAndRefusesOtherSettings() throws Exception {
        Path out = directory.resolve("model");
        trainings.epochs(1).train(out);
        assertThatThrownBy(() -> trainings.epochs(1).train(out)).hasMessageContaining("--resume");
        assertThat(trainings.epochs(2).log(out, true))
                .contains("resumed with another setting: epochs: 1 before, 2 now");
        assertThat(Files.readAllLines(out.resolve("metrics.csv"))).hasSize(3);
        assertThatThrownBy(() -> trainings.epochs(2).freezing(Freeze.STEM).resume(out))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("freeze: NONE before, STEM now")
                .hasMessageContaining("another --out");
        assertThat(trainings.epochs(2).resume(out).accuracy())
                .as("a complete training tells how good it is")
                .isPositive();
    }

    @Test
    void aStateThatDoesNotKnowASettingIsGoneOnWith() throws Exception {
        Path out = directory.resolve("model");
        trainings.epochs(1).train(out);
        Path state = out.resolve("training-state.safetensors");
        TensorMap saved = Safetensors.read(state);
        Map<String, String> metadata = new LinkedHashMap<>(saved.metadata());
        assertThat(metadata.remove("option.temperature")).isEqualTo("2.0");
        Safetensors.write(state, saved.tensors(), metadata);
        assertThat(trainings.epochs(2).log(out, true))
                .contains("temperature: not recorded before, 2.0 now");
    }

    @Test
    void aLossThatIsNoNumberStopsAndKeepsTheLastGoodEpoch() throws Exception {
        Path out = directory.resolve("model");
        trainings.epochs(500).interrupted(out);
        poison(out.resolve("training-state.safetensors"));
        String good = ModelDirectory.read(out).digest();
        assertThatThrownBy(() -> trainings.epochs(500).resume(out))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("step")
                .hasMessageContaining("--learning-rate");
        assertThat(ModelDirectory.read(out).digest()).isEqualTo(good);
    }

    private static void poison(Path state) throws IOException {
        TensorMap saved = Safetensors.read(state);
        Map<String, Tensor> tensors = new LinkedHashMap<>(saved.tensors());
        tensors.put("weight.head.bias", Tensor.of(new float[] {Float.NaN, 0, 0}, 3));
        Safetensors.write(state, tensors, saved.metadata());
    }

    @Test
    void badDataIsNamedAndSkippedOrRefused() throws Exception {
        Files.writeString(trainings.data().resolve("train/red/broken.jpg"), "no image");
        assertThat(trainings.epochs(1).log(directory.resolve("a"), false)).contains("broken.jpg");
        assertThatThrownBy(() -> trainings.refusingBadData().train(directory.resolve("b")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.jpg");
    }

    @Test
    void noStepLeavesNativeArraysBehind() throws Exception {
        List<String> counts =
                trainings
                        .epochs(4)
                        .log(directory.resolve("model"), false)
                        .lines()
                        .filter(line -> line.contains("live arrays"))
                        .map(line -> line.replaceAll(".*, (\\d+) live arrays.*", "$1"))
                        .toList();
        assertThat(counts).hasSize(4);
        assertThat(counts.stream().distinct()).hasSize(1);
    }
}
