package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureFileTests {

    @TempDir private Path directory = Path.of("");

    @Test
    void recordsAreReadAsTheyWereAppended() throws Exception {
        try (FeatureFile file = new FeatureFile(directory.resolve("f"), 3)) {
            file.append(new float[] {0.5f, -2, 0x1p-24f});
            file.append(new float[] {6, 0, 65504});
            file.map();
            float[] values = new float[4];
            file.read(1, 1, values, 1, 2);
            assertThat(values).containsExactly(0, 0, 65504, 0);
            file.read(0, 0, values, 0, 3);
            assertThat(values[0]).isEqualTo(0.5f);
            assertThat(values[2]).as("the least value").isEqualTo(0x1p-24f);
        }
    }

    @Test
    void aRecordThatWasCutOffIsWrittenAgain() throws Exception {
        Path path = directory.resolve("f");
        try (FeatureFile file = new FeatureFile(path, 2)) {
            file.append(new float[] {1, 2});
        }
        Files.write(path, new byte[] {7, 7, 7}, StandardOpenOption.APPEND);
        try (FeatureFile file = new FeatureFile(path, 2)) {
            assertThat(file.records()).isEqualTo(1);
            file.append(new float[] {3, 4});
            file.map();
            float[] values = new float[2];
            file.read(1, 0, values, 0, 2);
            assertThat(values).containsExactly(3, 4);
        }
        assertThat(path).hasSize(8);
    }
}
