package io.dmst.serve.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir private Path directory = Path.of("");

    private final List<FakePredictor> opened = new ArrayList<>();

    private ModelFolder shelf(String failing) {
        return new ModelFolder(
                directory,
                model -> {
                    if (model.config().version().equals(failing)) {
                        throw new IllegalStateException("it computes wrongly");
                    }
                    FakePredictor predictor = new FakePredictor(model.config().version());
                    opened.add(predictor);
                    return predictor;
                });
    }

    private void model(String folder, String name, String version) throws IOException {
        Path path = Files.createDirectories(directory.resolve(folder));
        String config = Files.readString(GOLDEN.resolve("tost-micro-p16.json"));
        Files.writeString(
                path.resolve("config.json"),
                "{\"name\":\"%s\",\"version\":\"%s\",%s"
                        .formatted(
                                name,
                                version,
                                config.strip()
                                        .substring(1)
                                        .replaceAll("\"(name|version)\"\\s*:\\s*\"[^\"]*\",", "")));
        Files.copy(GOLDEN.resolve("tost-micro-p16.safetensors"), path.resolve("model.safetensors"));
    }

    @Test
    void versionsAreInTheOrderOfTheirNumbers() throws IOException {
        model("a", "mine", "1.10");
        model("b", "mine", "1.9");
        model("c", "mine", "2");
        model("d", "another", "x");
        ModelFolder shelf = shelf("none");
        assertThat(shelf.available().toString()).isEqualTo("{another=[x], mine=[1.9, 1.10, 2]}");
        assertThat(shelf.open("mine", List.of()))
                .extracting(predictor -> predictor.model().version())
                .containsExactly("1.9", "1.10", "2");
    }

    @Test
    void whatIsNoModelIsPassedOver() throws IOException {
        model("mine_1", "mine", "1");
        model(".draft", "mine", "2");
        Files.createDirectories(directory.resolve("empty"));
        Files.writeString(directory.resolve("notes.txt"), "none");
        Files.writeString(
                Files.createDirectories(directory.resolve("broken")).resolve("config.json"), "{");
        assertThat(shelf("none").available().toString()).isEqualTo("{mine=[1]}");
    }

    @Test
    void oneVersionThatFailsLeavesNothingOpen() throws IOException {
        model("mine_1", "mine", "1");
        model("mine_2", "mine", "2");
        ModelFolder shelf = shelf("2");
        assertThat(failure(shelf, "mine").detail()).contains("2", "wrongly");
        assertThat(opened).hasSize(1).noneMatch(Predictor::ready);
        assertThatThrownBy(shelf::all).hasMessageContaining("wrongly");
    }

    @Test
    void twoDirectoriesOfOneVersionAreRefused() throws IOException {
        model("a", "mine", "1");
        model("b", "mine", "1");
        assertThat(failure(shelf("none"), "mine").detail()).contains("a and b");
    }

    @Test
    void anUnknownNameIsRefusedAndWhatLiesThereIsNamed() throws IOException {
        assertThatThrownBy(shelf("none")::all).hasMessageContaining("no sub-directory");
        model("mine_1", "mine", "1");
        Failure failure = failure(shelf("none"), "other");
        assertThat(failure.code()).isEqualTo(FailureCode.UNKNOWN_MODEL);
        assertThat(failure.detail()).contains("mine");
    }

    @Test
    void aDirectoryThatIsNoModelIsRefusedWithTheReason() throws IOException {
        model("mine_1", "mine", "1");
        Files.createDirectories(directory.resolve("empty"));
        Files.writeString(
                Files.createDirectories(directory.resolve("broken")).resolve("config.json"), "{");
        for (String name : List.of("empty", "broken")) {
            Failure failure = failure(shelf("none"), name);
            assertThat(failure.code()).isEqualTo(FailureCode.INVALID_ARGUMENT);
            assertThat(failure.detail())
                    .contains(name, "config.json")
                    .doesNotContain(directory.toString());
        }
        assertThat(failure(shelf("none"), "../broken").code()).isEqualTo(FailureCode.UNKNOWN_MODEL);
    }

    private static Failure failure(ModelFolder shelf, String name) {
        return catchThrowableOfType(FailureException.class, () -> shelf.open(name, List.of()))
                .failure();
    }
}
