package io.dmst.lab.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetTests {

    @TempDir private Path directory = Path.of("");

    @Test
    void aZipHoldsWhatItsDirectoryHolds() throws IOException {
        Path folder = SyntheticImages.write(directory.resolve("data"), 3);
        Path zip = SyntheticImages.zip(folder, "data/", directory.resolve("data.zip"));
        SplitOptions split = new SplitOptions(SplitOptions.Mode.FOLDERS, 0, 0, 0, "");
        try (DataSet a = DataSet.open(folder, split);
                DataSet b = DataSet.open(zip, split)) {
            ImageData inFolder = a.read(new DataProblems());
            ImageData inZip = b.read(new DataProblems());
            assertThat(inZip.labels()).isEqualTo(inFolder.labels());
            assertThat(inZip.of(Part.TRAIN)).hasSize(9);
            for (int i = 0; i < 9; i++) {
                assertThat(inZip.of(Part.TRAIN).get(i).label())
                        .isEqualTo(inFolder.of(Part.TRAIN).get(i).label());
                assertThat(inZip.of(Part.TRAIN).get(i).source().load().rgb())
                        .isEqualTo(inFolder.of(Part.TRAIN).get(i).source().load().rgb());
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
        DataProblems problems = new DataProblems();
        try (DataSet set = DataSet.open(directory, SplitOptions.DEFAULT)) {
            ImageData data = set.read(problems);
            assertThat(data.labels()).containsExactly("plane", "car");
            assertThat(data.of(Part.TRAIN)).hasSize(1);
            RgbImage image = data.of(Part.TRAIN).getFirst().source().load();
            assertThat(image.rgb()).startsWith(10, 20, 30, 0);
            assertThat(data.of(Part.TRAIN).getFirst().label()).isEqualTo(1);
        }
        assertThat(problems.found()).singleElement().asString().contains("label 7");
    }

    @Test
    void aRecordOfTheWrongSizeIsNamed() throws IOException {
        Files.write(directory.resolve("data_batch_1.bin"), new byte[3000]);
        Files.write(directory.resolve("test_batch.bin"), new byte[3073]);
        DataProblems problems = new DataProblems();
        try (DataSet set = DataSet.open(directory, SplitOptions.DEFAULT)) {
            assertThat(set.read(problems).of(Part.TRAIN)).isEmpty();
        }
        assertThat(problems.found())
                .singleElement()
                .asString()
                .contains("data_batch_1.bin", "3000");
    }

    @Test
    void whatIsNoDataSetIsRefusedInWords() throws IOException {
        assertThatThrownBy(() -> DataSet.open(directory.resolve("absent"), SplitOptions.DEFAULT))
                .hasMessageContaining("no such directory or zip");
        Path text = Files.writeString(directory.resolve("a.zip"), "no zip");
        assertThatThrownBy(() -> DataSet.open(text, SplitOptions.DEFAULT))
                .hasMessageContaining("neither");
        Files.createDirectories(directory.resolve("empty/train/one"));
        Files.createDirectories(directory.resolve("empty/test"));
        try (DataSet set = DataSet.open(directory.resolve("empty"), SplitOptions.DEFAULT)) {
            assertThatThrownBy(() -> set.read(new DataProblems()))
                    .hasMessageContaining("at least 2");
        }
    }

    private static ImageData read(Path source, SplitOptions split, DataProblems problems)
            throws IOException {
        try (DataSet set = DataSet.open(source, split)) {
            return set.read(problems);
        }
    }

    private static ImageData read(Path source, SplitOptions split) throws IOException {
        return read(source, split, new DataProblems());
    }

    private static List<String> names(ImageData data, Part part) {
        return data.of(part).stream().map(LabelledImage::name).toList();
    }

    @Test
    void plainFoldersNeedARuleForTheirTestImages() throws IOException {
        Path plain = SyntheticImages.plain(directory.resolve("p"), Map.of("a", 3, "b", 3));
        assertThatThrownBy(() -> read(plain, SplitOptions.DEFAULT))
                .hasMessageContaining("train/CLASS/FILE")
                .hasMessageContaining("[a, b]")
                .hasMessageContaining("--test 0.1")
                .hasMessageContaining("--split hash");
        Path half = directory.resolve("h");
        SyntheticImages.plain(half.resolve("train"), Map.of("a", 9, "b", 9));
        assertThatThrownBy(() -> read(half, SplitOptions.DEFAULT))
                .hasMessageContaining("test/CLASS/FILE")
                .hasMessageContaining("--test 0.1");
        SplitOptions shares = new SplitOptions(SplitOptions.Mode.FOLDERS, 0.1, 0.1, 0, "");
        assertThat(names(read(half, shares), Part.TEST)).hasSize(2);
        assertThatThrownBy(() -> read(half, new SplitOptions(SplitOptions.Mode.HASH, 0, 0, 0, "")))
                .hasMessageContaining("[train]")
                .hasMessageContaining("--folder");
    }

    @Test
    void aValidationFolderIsTakenAsItIs() throws IOException {
        Path root = SyntheticImages.write(directory.resolve("d"), 5);
        SyntheticImages.plain(root.resolve("val"), Map.of("red", 2, "green", 1, "blue", 1));
        ImageData data = read(root, SplitOptions.DEFAULT);
        assertThat(names(data, Part.TRAIN)).hasSize(15);
        assertThat(names(data, Part.VALIDATION))
                .containsExactly(
                        "val/blue/0.png", "val/green/0.png", "val/red/0.png", "val/red/1.png");
        assertThat(names(data, Part.TEST)).hasSize(15);
    }

    @Test
    void hashedPartsUseTheWholePathWhereverTheClassesAre() throws IOException {
        Path set = directory.resolve("set");
        SyntheticImages.plain(set.resolve("classes"), Map.of("a", 30, "b", 30));
        SyntheticImages.plain(set.resolve("background"), Map.of("x", 2));
        Path zip = SyntheticImages.zip(set, "", directory.resolve("set.zip"));
        SplitOptions hash = new SplitOptions(SplitOptions.Mode.HASH, 0.1, 0, 0, "classes/");
        ImageData data = read(zip, hash);
        assertThat(data.labels()).containsExactly("a", "b");
        for (Part part : Part.values()) {
            assertThat(names(data, part))
                    .isNotEmpty()
                    .isEqualTo(names(read(set, hash), part))
                    .allMatch(name -> name.startsWith("classes/") && Splitter.hashed(name) == part);
        }
        assertThatThrownBy(() ->
                        read(zip, new SplitOptions(SplitOptions.Mode.HASH, 0, 0, 0, "klasses")))
                .hasMessageContaining("klasses/")
                .hasMessageContaining("[background, classes]");
    }

    @Test
    void foldersInsideOfAClassAreMentioned() throws IOException {
        Path set = directory.resolve("set");
        SyntheticImages.plain(set.resolve("classes"), Map.of("a", 9, "b", 9));
        SyntheticImages.plain(set, Map.of("background", 9));
        DataProblems problems = new DataProblems();
        SplitOptions shares = new SplitOptions(SplitOptions.Mode.SEEDED, 0.1, 0.1, 0, "");
        assertThat(read(set, shares, problems).labels()).containsExactly("background", "classes");
        assertThat(problems.notes())
                .containsExactly(
                        "classes/ is taken as one class; if its 2 folders are the classes, name it: --folder classes");
    }

    @Test
    void anEmptyClassIsNamedAndLeftOut() throws IOException {
        Path root = SyntheticImages.write(directory.resolve("d"), 4);
        Files.createDirectories(root.resolve("train/yellow"));
        Files.createDirectories(root.resolve("test/violet"));
        DataProblems problems = new DataProblems();
        assertThat(read(root, SplitOptions.DEFAULT, problems).labels())
                .containsExactly("blue", "green", "red");
        assertThat(problems.found())
                .containsExactlyInAnyOrder(
                        "train/yellow: the class has no images", "test/violet: no such class");
    }

    @Test
    void oneClassIsNotEnough() throws IOException {
        Path one = SyntheticImages.plain(directory.resolve("one"), Map.of("cat", 5));
        SplitOptions shares = new SplitOptions(SplitOptions.Mode.SEEDED, 0.1, 0.1, 0, "");
        assertThatThrownBy(() -> read(one, shares))
                .hasMessageContaining("1 class folders")
                .hasMessageContaining("[cat]")
                .hasMessageContaining("a classifier needs at least 2");
    }

    @Test
    void namesOfClassesAreWhatALabelCanBe() throws IOException {
        SplitOptions shares = new SplitOptions(SplitOptions.Mode.SEEDED, 0.1, 0.1, 0, "");
        Path good = zipOf("good.zip", "große Äpfel", "C++ & #1 (new), 50%", "犬", "👩‍🚀");
        assertThat(read(good, shares).labels())
                .containsExactly("C++ & #1 (new), 50%", "große Äpfel", "犬", "👩‍🚀");
        for (String bad : List.of("two\nlines", "tab\there", " cat", "cat ", "line\u2028end")) {
            Path zip = zipOf("bad.zip", "dog", bad);
            assertThatThrownBy(() -> read(zip, shares))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot name a class")
                    .hasMessageContaining("rename the folder")
                    .message()
                    .doesNotContain("\n")
                    .doesNotContain("\t");
        }
    }

    private Path zipOf(String name, String... classes) throws IOException {
        Path zip = directory.resolve(name);
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (String label : classes) {
                for (int i = 0; i < 3; i++) {
                    out.putNextEntry(new ZipEntry(label + "/" + i + ".png"));
                    out.write(1);
                }
            }
        }
        return zip;
    }

    @Test
    void partsToJudgeByAreThoseThatTrainingLeftOut() throws IOException {
        Path plain = SyntheticImages.plain(directory.resolve("p"), Map.of("a", 20, "b", 20));
        SplitOptions shares = new SplitOptions(SplitOptions.Mode.SEEDED, 0.2, 0.1, 5, "");
        ImageData data = read(plain, shares);
        for (Part part : Part.values()) {
            try (EvaluationImages images =
                    EvaluationImages.open(plain, List.of("a", "b"), shares, part)) {
                assertThat(images.images().stream().map(LabelledImage::name))
                        .isNotEmpty()
                        .isEqualTo(names(data, part));
            }
        }
        try (EvaluationImages images = EvaluationImages.open(plain, List.of("b", "c"))) {
            assertThat(images.images()).hasSize(20).allMatch(image -> image.label() == 0);
            assertThat(images.problems())
                    .containsExactlyInAnyOrder("a: no such class", "c: the class has no images");
        }
        assertThatThrownBy(() -> EvaluationImages.open(plain, List.of("x", "y")))
                .hasMessageContaining("expected x, y, found [a, b]");
    }
}
