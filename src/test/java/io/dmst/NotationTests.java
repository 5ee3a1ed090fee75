package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.explain.Term;
import io.dmst.core.model.Network;
import io.dmst.core.model.Probe;
import io.dmst.core.model.Statistic;
import io.dmst.core.model.Variants;
import io.dmst.core.onnx.OnnxExport;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What {@code docs/reference/notation.md} names is there, and nothing that people see is missing in
 * it.
 */
class NotationTests {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void everyClassAndMemberExists() throws IOException {
        for (String scope : List.of("io.dmst.core.math", "io.dmst.core.model")) {
            assertThat(column("in `" + scope + "`"))
                    .hasSizeGreaterThan(5)
                    .allSatisfy(name -> assertThat(exists(scope, name)).as(name).isTrue());
        }
    }

    @Test
    void everyOutputOfAGraphIsNamed() throws IOException {
        Set<String> outputs =
                Arrays.stream(Probe.values())
                        .map(probe -> probe.word() + ".L")
                        .collect(Collectors.toCollection(TreeSet::new));
        Arrays.stream(Statistic.values()).map(Statistic::word).forEach(outputs::add);
        outputs.addAll(List.of(OnnxExport.PIXELS, OnnxExport.LOGITS, OnnxExport.PROBABILITIES));
        assertThat(column("ONNX")).containsExactlyInAnyOrderElementsOf(outputs);
    }

    @Test
    void everyFieldIsInTheContract() throws IOException {
        String contract = Files.readString(Path.of("openapi", "dmst.yaml"));
        assertThat(column("JSON"))
                .isNotEmpty()
                .allMatch(field -> contract.contains(" " + field + ":"));
    }

    @Test
    void everyWordOfAnExplanationIsNamed() throws IOException {
        assertThat(column("explanation"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Term.values()).map(Term::word).toList());
    }

    @Test
    void everyTensorOfAnAttentionIsNamed() throws IOException {
        Set<String> tensors =
                Stream.of("dmst-compact-4-p4", "tost-compact-4-p4")
                        .map(Variants::named)
                        .flatMap(config -> Stream.of("moment", "mask").map(s -> with(config, s)))
                        .flatMap(config -> new Network(config).parameters().stream())
                        .map(spec -> spec.name())
                        .filter(name -> name.startsWith("blocks.0.attn."))
                        .map(name -> name.substring("blocks.0.attn.".length()))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(column("tensor")).containsAll(tensors);
    }

    private static ModelConfig with(ModelConfig config, String sparsifier) {
        return config.with(Map.of("sparsifier", sparsifier));
    }

    /** All code in the columns whose heading contains a word. */
    private static Set<String> column(String heading) throws IOException {
        Set<String> found = new TreeSet<>();
        int column = -1;
        for (String line : Files.readAllLines(Path.of("docs", "reference", "notation.md"))) {
            if (!line.startsWith("|")) {
                column = -1;
                continue;
            }
            List<String> cells = List.of(line.split("\\|"));
            if (column < 0) {
                column = place(cells, heading);
            } else if (column < cells.size()) {
                CODE.matcher(cells.get(column))
                        .results()
                        .map((MatchResult code) -> code.group(1))
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** Where a heading stands; past the end where it does not. */
    private static int place(List<String> cells, String heading) {
        for (int i = 0; i < cells.size(); i++) {
            if (cells.get(i).contains(heading)) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }

    private static boolean exists(String scope, String name) {
        String[] parts = name.split("\\.");
        if (classOf(scope + "." + name.replace('.', '$'))) {
            return true;
        }
        try {
            Class<?> type = Class.forName(scope + "." + parts[0]);
            return Stream.concat(
                            Arrays.stream(type.getDeclaredMethods()).map(Method::getName),
                            Arrays.stream(type.getDeclaredFields()).map(Field::getName))
                    .anyMatch(member -> parts.length == 2 && member.equals(parts[1]));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean classOf(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
