package io.dmst.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.image.RgbImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetTests {

    @TempDir private Path directory = Path.of("");

    @Test
    void aZipHoldsWhatItsDirectoryHolds() throws IOException {
        Path folder = SyntheticImages.write(directory.resolve("data"), 3);
        Path zip = directory.resolve("data.zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file);
                Stream<Path> files = Files.walk(folder)) {
            for (Path image : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry("data/" + folder.relativize(image)));
                out.write(Files.readAllBytes(image));
            }
        }
        try (DataSet a = DataSet.open(folder);
                DataSet b = DataSet.open(zip)) {
            ImageData inFolder = a.read(new Problems());
            ImageData inZip = b.read(new Problems());
            assertThat(inZip.labels()).isEqualTo(inFolder.labels());
            assertThat(inZip.train()).hasSize(9);
            for (int i = 0; i < 9; i++) {
                assertThat(inZip.train().get(i).label()).isEqualTo(inFolder.train().get(i).label());
                assertThat(inZip.train().get(i).source().load().rgb())
                        .isEqualTo(inFolder.train().get(i).source().load().rgb());
            }
        }
    }

    @Test
    void cifarsBinaryRecordsBecomeImages() throws IOException {
        byte[] records = new byte[2 * 3073];
        records[0] = 1;
        records[1] = 10;
        records[1 + 1024] = 20;
        records[1 + 2048] = 30;
        records[3073] = 7;
        Files.write(directory.resolve("data_batch_1.bin"), records);
        Files.write(directory.resolve("test_batch.bin"), new byte[3073]);
        Files.writeString(directory.resolve("batches.meta.txt"), "plane\ncar\n");
        Problems problems = new Problems();
        try (DataSet set = DataSet.open(directory)) {
            ImageData data = set.read(problems);
            assertThat(data.labels()).containsExactly("plane", "car");
            assertThat(data.train()).hasSize(1);
            RgbImage image = data.train().getFirst().source().load();
            assertThat(image.rgb()).startsWith(10, 20, 30, 0);
            assertThat(data.train().getFirst().label()).isEqualTo(1);
        }
        assertThat(problems.found()).singleElement().asString().contains("label 7");
    }

    @Test
    void aRecordOfTheWrongSizeIsNamed() throws IOException {
        Files.write(directory.resolve("data_batch_1.bin"), new byte[3000]);
        Files.write(directory.resolve("test_batch.bin"), new byte[3073]);
        Problems problems = new Problems();
        try (DataSet set = DataSet.open(directory)) {
            assertThat(set.read(problems).train()).isEmpty();
        }
        assertThat(problems.found())
                .singleElement()
                .asString()
                .contains("data_batch_1.bin", "3000");
    }

    @Test
    void whatIsNoDataSetIsRefusedInWords() throws IOException {
        assertThatThrownBy(() -> DataSet.open(directory.resolve("absent")))
                .hasMessageContaining("no such directory or zip");
        Path text = Files.writeString(directory.resolve("a.zip"), "no zip");
        assertThatThrownBy(() -> DataSet.open(text)).hasMessageContaining("neither");
        Files.createDirectories(directory.resolve("empty/train/one"));
        Files.createDirectories(directory.resolve("empty/test"));
        try (DataSet set = DataSet.open(directory.resolve("empty"))) {
            assertThatThrownBy(() -> set.read(new Problems())).hasMessageContaining("at least 2");
        }
        Files.createDirectories(directory.resolve("other"));
        try (DataSet set = DataSet.open(directory)) {
            assertThatThrownBy(() -> set.read(new Problems()))
                    .hasMessageContaining("train/CLASS/FILE")
                    .hasMessageContaining(List.of("empty", "other").toString());
        }
    }
}
