package io.dmst.lab.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedDataTests {

    private static final Preprocessor SMALL = new Preprocessor(8, 8, 0.9);
    private static final int OWN_BYTES = 16 * 16 * 3;
    private static final SplitOptions SHARES =
            new SplitOptions(SplitOptions.Mode.SEEDED, 0.2, 0.2, 0, "");

    @TempDir private Path directory = Path.of("");
    private final List<String> log = new ArrayList<>();

    private LoadedData read(Path source, SplitOptions split, BadData badData, long memory)
            throws IOException {
        DataOptions options = new DataOptions(source, split, badData, 1, memory);
        return LoadedData.read(options, SMALL, true, log::add);
    }

    private Path plain(Map<String, Integer> counts) throws IOException {
        return SyntheticImages.plain(directory.resolve("plain"), counts);
    }

    @Test
    void aSetLargerThanItsMemoryIsStreamedWithTheSamePixels() throws IOException {
        Path source = plain(Map.of("blue", 10, "red", 10));
        try (LoadedData all = read(source, SHARES, BadData.SKIP, 1 << 20);
                LoadedData some = read(source, SHARES, BadData.SKIP, 5 * OWN_BYTES + 1);
                LoadedData none = read(source, SHARES, BadData.SKIP, 0)) {
            assertThat(all.train().kept()).isEqualTo(all.train().size()).isEqualTo(12);
            assertThat(some.train().kept()).isEqualTo(5);
            assertThat(some.test().kept()).isZero();
            assertThat(none.train().kept()).isZero();
            for (int i = 0; i < 12; i++) {
                byte[] expected = all.train().picture(i).rgb();
                assertThat(expected).hasSize(OWN_BYTES);
                assertThat(some.train().picture(i).rgb()).isEqualTo(expected);
                assertThat(none.train().picture(i).rgb()).isEqualTo(expected);
            }
            RgbImage judged = none.test().picture(0);
            assertThat(judged.rgb()).isEqualTo(all.test().picture(0).rgb()).hasSize(8 * 8 * 3);
        }
        assertThat(log)
                .element(1)
                .asString()
                .contains("12 images for training, 4 for validation, 4 for testing, in 2 classes")
                .contains("5 of 20 are kept decoded in memory");
    }

    @Test
    void aZipIsReadableAsLongAsTheDataAreOpen() throws IOException {
        Path zip =
                SyntheticImages.zip(
                        plain(Map.of("blue", 5, "red", 5)), "", directory.resolve("a.zip"));
        LoadedData data = read(zip, SHARES, BadData.SKIP, 0);
        try (data) {
            Thread.currentThread().interrupt();
            assertThat(data.train().picture(0).rgb()).hasSize(OWN_BYTES);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(data.train().picture(1).rgb()).hasSize(OWN_BYTES);
        }
        assertThatThrownBy(() -> data.train().picture(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void unreadableImagesAreNamedBeforeTrainingAndSkippedOrRefused() throws IOException {
        Path source = plain(Map.of("blue", 10, "red", 10));
        Files.writeString(source.resolve("red/broken.jpg"), "no image");
        byte[] whole = Files.readAllBytes(source.resolve("blue/3.png"));
        Files.write(source.resolve("blue/3.png"), Arrays.copyOf(whole, whole.length / 2));
        try (LoadedData data = read(source, SHARES, BadData.SKIP, 0)) {
            assertThat(data.skipped()).isEqualTo(2);
            assertThat(data.train().size() + data.validation().size() + data.test().size())
                    .isEqualTo(19);
        }
        assertThat(log).first().asString().contains("red/broken.jpg: ", "blue/3.png: ");
        assertThatThrownBy(() -> read(source, SHARES, BadData.REFUSE, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2 problems")
                .hasMessageContaining("red/broken.jpg")
                .hasMessageContaining("blue/3.png");
    }

    @Test
    void aClassWithoutAReadableImageIsNamed() throws IOException {
        Path source = plain(Map.of("blue", 10, "red", 1));
        Files.writeString(source.resolve("red/0.png"), "no image");
        assertThatThrownBy(() -> read(source, SHARES, BadData.SKIP, 0))
                .hasMessageContaining("no readable training image of class red");
    }

    @Test
    void threeImagesAreNotEnough() throws IOException {
        Path source = plain(Map.of("blue", 2, "red", 1));
        assertThatThrownBy(() -> read(source, SHARES, BadData.SKIP, 0))
                .hasMessageContaining(
                        "2 readable images for training, 0 for validation and 1 for testing")
                .hasMessageContaining("add images")
                .hasMessageContaining("--validation 0");
        SplitOptions noValidation = new SplitOptions(SplitOptions.Mode.SEEDED, 0, 0.1, 0, "");
        try (LoadedData data = read(source, noValidation, BadData.REFUSE, 0)) {
            assertThat(data.train().size()).isEqualTo(2);
            assertThat(data.test().size()).isEqualTo(1);
        }
        assertThat(log)
                .anyMatch(line -> line.startsWith("class red has fewer than 3 images (1): "));
    }
}
