package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTests {

    @TempDir private Path directory;
    private final List<String> log = new ArrayList<>();

    private Path file() {
        return directory.resolve("results.jsonl");
    }

    @Test
    void linesAreThereAtTheNextOpening() throws IOException {
        try (ResultsFile results = ResultsFile.open(file(), log::add)) {
            results.append(Map.of("id", "a"));
            results.append(Map.of("id", "b, with\na line and ε"));
        }
        try (ResultsFile results = ResultsFile.open(file(), log::add)) {
            results.append(Map.of("id", "c"));
            assertThat(results.lines().stream().map(line -> line.path("id").asString("")))
                    .containsExactly("a", "b, with\na line and ε", "c");
        }
        assertThat(Files.readAllLines(file())).hasSize(3);
        assertThat(log).isEmpty();
    }

    @Test
    void whatAKilledWriterLeftOfALineIsCutOff() throws IOException {
        try (ResultsFile results = ResultsFile.open(file(), log::add)) {
            results.append(Map.of("id", "a"));
        }
        byte[] whole = Files.readAllBytes(file());
        for (int cut = 1; cut < whole.length; cut++) {
            byte[] half = Arrays.copyOf(whole, 2 * whole.length - cut);
            System.arraycopy(whole, 0, half, whole.length, whole.length - cut);
            Files.write(file(), half);
            assertThat(ResultsFile.read(file())).hasSize(1);

            log.clear();
            try (ResultsFile results = ResultsFile.open(file(), log::add)) {
                assertThat(results.lines()).hasSize(1);
                assertThat(log).hasSize(1).first().asString().contains("dropped");
                results.append(Map.of("id", "b"));
            }
            assertThat(ResultsFile.read(file())).hasSize(2);
        }
    }

    @Test
    void aSpoiltLineIsNamed() throws IOException {
        Files.writeString(file(), "{\"id\":\"a\"}\n{\"id\":\n[1]\n");

        assertThatThrownBy(() -> ResultsFile.open(file(), log::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2: expected a JSON object");
    }

    @Test
    void oneStudyHasItAtATime() throws IOException {
        try (ResultsFile results = ResultsFile.open(file(), log::add)) {
            assertThat(results.lines()).isEmpty();
            // within one virtual machine the platform says it itself
            assertThatThrownBy(() -> ResultsFile.open(file(), log::add))
                    .isInstanceOf(OverlappingFileLockException.class);
        }
    }
}
