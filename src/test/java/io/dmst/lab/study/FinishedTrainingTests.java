package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishedTrainingTests {

    @TempDir private Path directory;

    @Test
    void epochsHaveLossesAccuraciesAndTheRateOfEveryBlock() throws IOException {
        Files.writeString(
                directory.resolve("metrics.csv"),
                """
                epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,layer.0.entropy,layer.0.compression,layer.1.compression,layer.0.usage.0
                1,10,2.3,0.1,,,,,,
                2,20,2.1,0.2,2.0,0.25,1.3,40.5,38.25,0.5
                """);

        assertThat(FinishedTraining.epochs(directory))
                .hasSize(2)
                .last()
                .satisfies(epoch ->
                        assertThat(epoch)
                                .containsEntry("epoch", 2.0)
                                .containsEntry("test_accuracy", 0.25)
                                .containsEntry("variational", List.of(40.5, 38.25))
                                .doesNotContainKey("step"));
    }

    @Test
    void aResultWithoutAnAccuracyIsRefused() throws IOException {
        Path file = directory.resolve("result.json");
        assertThat(FinishedTraining.isIn(directory)).isFalse();
        Files.writeString(file, "{\"test\":{\"accuracy\":0.5}}");

        assertThat(FinishedTraining.isIn(directory)).isTrue();
        assertThatThrownBy(() -> FinishedTraining.result(directory))
                .hasMessageContaining("expected a number validation.accuracy");
        Files.writeString(file, "{\"test\":");
        assertThatThrownBy(() -> FinishedTraining.result(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("result.json: expected JSON");
        Files.writeString(
                file,
                "{\"test\":{\"accuracy\":0.5},\"validation\":{\"accuracy\":0.25},\"epochs\":3}");
        assertThat(FinishedTraining.result(directory).path("epochs").asInt()).isEqualTo(3);
    }

    @Test
    void aCellThatIsNoNumberIsNamed() throws IOException {
        Files.writeString(directory.resolve("metrics.csv"), "epoch,train_loss\n1,much\n");

        assertThatThrownBy(() -> FinishedTraining.epochs(directory))
                .hasMessageContaining("column train_loss, got 'much'");
    }
}
