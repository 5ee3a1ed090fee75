package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.cli.Dmst;
import io.dmst.inference.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** The pages of {@code docs/reference} name what there is, and nothing else. */
class ReferenceDocumentTests {

    private static final Path REFERENCE = Path.of("docs", "reference");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)`");
    private static final Pattern PATH = Pattern.compile("(?m)^  (/[^:\\n]*(?::[a-z]+)?):$");
    private static final Pattern PARAMETER = Pattern.compile("in: query\\n +name: (\\w+)");

    @Test
    void everyFailureCodeIsARow() throws IOException {
        assertThat(rows("errors.md"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(FailureCode.values()).map(Enum::name).toList());
    }

    @Test
    void everyCommandIsARow() throws IOException {
        List<String> documented =
                rows("cli.md").stream().filter(row -> row.matches("[a-z ]+")).toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(commands(Dmst.class, "").toList());
    }

    @Test
    void everyPathAndParameterOfTheContractIsNamed() throws IOException {
        String contract = Files.readString(Path.of("openapi", "dmst.yaml"));
        String page = Files.readString(REFERENCE.resolve("rest.md"));
        assertThat(
                        Stream.of(PATH, PARAMETER)
                                .flatMap(pattern -> pattern.matcher(contract).results())
                                .map((MatchResult found) -> "`" + found.group(1) + "`")
                                .distinct())
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(page).contains(name));
    }

    private static List<String> rows(String page) throws IOException {
        return ROW.matcher(Files.readString(REFERENCE.resolve(page)))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
    }

    private static Stream<String> commands(Class<?> command, String prefix) {
        return Arrays.stream(annotation(command).subcommands())
                .flatMap(child -> {
                    String name = prefix + annotation(child).name();
                    return Stream.concat(Stream.of(name), commands(child, name + " "));
                });
    }

    private static Command annotation(Class<?> command) {
        return Objects.requireNonNull(command.getAnnotation(Command.class));
    }
}
