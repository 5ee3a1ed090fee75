package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTests {

    private static final ModelConfig CONFIG =
            ModelConfig.parse(
                    "{\"image_size\":32,\"patch_size\":8,\"embed_dim\":32,\"depth\":2,"
                            + "\"num_heads\":4,\"num_classes\":3}");
    private static final List<String> LABELS = List.of("cat", "Hund", "frog 蛙");
    private static final ModelCard CARD = new ModelCard(Map.of("license", "mit"), "# A model");
    private static final Map<String, Tensor> WEIGHTS =
            Map.of("head.bias", Tensor.of(new float[] {1, 2, 3}, 3));

    @TempDir private Path parent;
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        folder = parent.resolve("new/model");
        ModelDirectory.write(folder, CONFIG, WEIGHTS, LABELS, CARD);
    }

    @Test
    void aModelComesBackAsItWasWritten() throws IOException {
        ModelDirectory model = ModelDirectory.read(folder);
        assertThat(model.config()).isEqualTo(CONFIG);
        assertThat(model.weights().tensors()).isEqualTo(WEIGHTS);
        assertThat(model.labels()).isEqualTo(LABELS);
        assertThat(model.card()).isEqualTo(CARD);
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "config.json", "labels.txt", "model-card.md", "model.safetensors");
    }

    @Test
    void theDigestIsThatOfTheTwoFilesOneAfterTheOther() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(Files.readAllBytes(folder.resolve("config.json")));
        sha256.update(Files.readAllBytes(folder.resolve("model.safetensors")));
        String before = ModelDirectory.read(folder).digest();
        assertThat(before).isEqualTo("sha256:" + HexFormat.of().formatHex(sha256.digest()));
        Files.writeString(folder.resolve("labels.txt"), "a\nb\nc\n");
        assertThat(ModelDirectory.read(folder).digest()).isEqualTo(before);
        Files.writeString(folder.resolve("config.json"), CONFIG.json() + " ");
        assertThat(ModelDirectory.read(folder).digest()).isNotEqualTo(before);
    }

    @Test
    void labelsAndCardMayBeAbsent() throws IOException {
        Files.delete(folder.resolve("labels.txt"));
        Files.delete(folder.resolve("model-card.md"));
        ModelDirectory model = ModelDirectory.read(folder);
        assertThat(model.labels()).containsExactly("class 0", "class 1", "class 2");
        assertThat(model.card()).isEqualTo(ModelCard.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb\r\nc\r\n", "a\nb\nc", "\uFEFFa\n b \nc\n"})
    void labelsOfEveryEditorAreRead(String text) throws IOException {
        Files.writeString(folder.resolve("labels.txt"), text);
        assertThat(ModelDirectory.read(folder).labels()).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a~b\u001b[31m~c | label 1 (line 2) has a control character",
                "a~b | one label for each of the 3 classes, not 2",
                "a~b~c~d | one label for each of the 3 classes, not 4",
                "'' | one label for each of the 3 classes, not 0",
                "a~~c | label 1 is blank",
                "a~b~a | label 2, 'a', was there before",
            })
    void labelsThatDoNotFitAreRefused(String text, String message) throws IOException {
        Files.writeString(folder.resolve("labels.txt"), text.replace('~', '\n'));
        assertRefused("labels.txt", message);
        assertThatThrownBy(() ->
                        ModelDirectory.write(
                                folder, CONFIG, WEIGHTS, List.of("a\nb", "c", "d"), CARD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be one line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "model.safetensors"})
    void aFileThatMustBeThereIsNamed(String file) throws IOException {
        Files.delete(folder.resolve(file));
        assertRefused(file, "is missing: a model needs config.json and model.safetensors");
    }

    @Test
    void aBrokenFileIsNamed() throws IOException {
        Files.write(folder.resolve("labels.txt"), new byte[] {(byte) 0xe4, '\n'});
        assertRefused("labels.txt", "UTF-8");
        Files.delete(folder.resolve("labels.txt"));
        Files.writeString(folder.resolve("model-card.md"), "---\nlicense: mit\n");
        assertRefused("model-card.md", "front matter");
        Files.delete(folder.resolve("model-card.md"));
        Files.writeString(folder.resolve("model.safetensors"), "");
        assertRefused("model.safetensors", "0 bytes");
        Files.writeString(
                folder.resolve("config.json"),
                CONFIG.json().replace("\"patch_size\" : 8", "\"patch_size\" : 5"));
        assertRefused("config.json", "patch_size");
    }

    @Test
    void aModelOnTheClassPathIsRead() {
        ModelDirectory model = ModelDirectory.bundled("three-classes_1.0");
        assertThat(model.labels()).containsExactly("one", "two", "three");
        assertThat(model.config().numClasses()).isEqualTo(3);
        assertThat(model.weights().get("head.bias", 3).toFloats()).containsExactly(1, 2, 3);
        assertThat(model.card().frontMatter()).containsEntry("license", "mit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "", "..", "../golden", "a/b", ".hidden"})
    void aNameThatIsNoBundledModelIsRefused(String name) {
        assertThatThrownBy(() -> ModelDirectory.bundled(name))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(name);
    }

    @Test
    void otherFilesOfTheDirectoryStayAndWeightsInUseAreKept() throws IOException {
        Files.writeString(folder.resolve("metrics.csv"), "epoch\n");
        ModelDirectory former = ModelDirectory.read(folder);
        ModelDirectory.write(
                folder,
                CONFIG.with(Map.of("num_classes", 1)),
                Map.of("head.bias", Tensor.of(new float[] {9}, 1)),
                List.of("only"),
                ModelCard.EMPTY);
        assertThat(ModelDirectory.read(folder).weights().get("head.bias").toFloats())
                .containsExactly(9);
        assertThat(former.weights().get("head.bias").toFloats()).containsExactly(1, 2, 3);
        assertThat(names()).hasSize(5).contains("metrics.csv");
    }

    @Test
    void aFailedWriteLeavesTheFormerModelAndNothingElse() throws IOException {
        ModelDirectory before = ModelDirectory.read(folder);
        assertThatThrownBy(() ->
                        ModelDirectory.write(
                                folder,
                                CONFIG.with(Map.of("num_classes", 1)),
                                Map.of("__metadata__", Tensor.of(new float[] {9}, 1)),
                                List.of("only"),
                                CARD))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(ModelDirectory.read(folder).digest()).isEqualTo(before.digest());
        assertThat(names()).hasSize(4);
    }

    @Test
    void aWriteThatFailsBetweenTheMovesLeavesNoMixture() throws IOException {
        Path card = folder.resolve("model-card.md");
        Files.delete(card);
        Files.createDirectories(card.resolve("in the way"));
        Map<String, Tensor> next = Map.of("head.bias", Tensor.of(new float[] {4, 5, 6}, 3));
        assertThatThrownBy(() -> ModelDirectory.write(folder, CONFIG, next, LABELS, CARD))
                .isInstanceOf(IOException.class);
        assertThat(Safetensors.read(folder.resolve("model.safetensors")).tensors())
                .isEqualTo(WEIGHTS);
        ModelConfig other = CONFIG.with(Map.of("depth", 9));
        assertThatThrownBy(() -> ModelDirectory.write(folder, other, next, LABELS, CARD))
                .isInstanceOf(IOException.class);
        assertRefused("model.safetensors", "is missing");
        Files.delete(card.resolve("in the way"));
        Files.delete(card);
        ModelDirectory.write(folder, other, next, LABELS, CARD);
        assertThat(ModelDirectory.read(folder).weights().tensors()).isEqualTo(next);
    }

    @Test
    void aKilledWriterLeavesOneModelOrTheOtherOrNone() throws Exception {
        Path target = parent.resolve("killed");
        for (int round = 0; round < 4; round++) {
            Process writer =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    EndlessWriter.class.getName(),
                                    target.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            assertThat(writer.getInputStream().read()).isEqualTo('.');
            Thread.sleep(61 * round);
            writer.destroyForcibly().waitFor();
            assertConsistentOrRefused(target);
        }
    }

    private static void assertConsistentOrRefused(Path target) throws IOException {
        ModelDirectory model;
        try {
            model = ModelDirectory.read(target);
        } catch (CheckpointException e) {
            assertThat(e).hasMessageContaining("model.safetensors is missing");
            return;
        }
        int classes = model.config().numClasses();
        assertThat(model.labels()).hasSize(classes);
        assertThat(model.weights().get("w").toFloats()).containsOnly(classes);
    }

    /** Writes two models over each other until it is killed. */
    static final class EndlessWriter {

        static void main(String[] args) throws IOException {
            for (int i = 0; ; i++) {
                int classes = 1 + i % 2;
                float[] values = new float[1 << 16];
                Arrays.fill(values, classes);
                ModelDirectory.write(
                        Path.of(args[0]),
                        CONFIG.with(Map.of("num_classes", classes)),
                        Map.of("w", Tensor.of(values, values.length)),
                        IntStream.range(0, classes).mapToObj(c -> "label " + c).toList(),
                        CARD);
                System.out.print('.');
                System.out.flush();
            }
        }
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private void assertRefused(String file, String message) {
        assertThatThrownBy(() -> ModelDirectory.read(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(folder.resolve(file).toString())
                .hasMessageContaining(message);
    }
}
