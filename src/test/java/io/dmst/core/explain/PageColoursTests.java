package io.dmst.core.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.explain.picture.GroupColours;
import io.dmst.core.explain.picture.Palette;
import io.dmst.core.explain.picture.SignedScale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page draws values and groups in the colours of the pictures. */
class PageColoursTests {

    private static final Pattern HEX_LINE = Pattern.compile("'([0-9a-f]{96})'");
    private static final Pattern HEX_NUMBER = Pattern.compile("0x([0-9a-f]{6}), |0x([0-9a-f]{6})]");

    private final String script;

    PageColoursTests() throws IOException {
        script = Files.readString(Path.of("src/main/resources/static/page/colours.js"));
    }

    @Test
    void valuesHaveTheSameColours() {
        StringBuilder steps = new StringBuilder();
        HEX_LINE.matcher(script).results().forEach(line -> steps.append(line.group(1)));
        assertThat(steps).hasSize(6 * 256);
        for (int i = 0; i < 256; i++) {
            assertThat(Integer.parseInt(steps.substring(6 * i, 6 * i + 6), 16))
                    .isEqualTo(Palette.colour(i / 255.0));
        }
    }

    @Test
    void groupsHaveTheSameColours() {
        List<Integer> colours =
                HEX_NUMBER.matcher(script).results().map(PageColoursTests::number).toList();
        assertThat(colours).hasSize(8);
        for (int group = 0; group < 8; group++) {
            assertThat(colours.get(group)).isEqualTo(GroupColours.of(group));
        }
    }

    @Test
    void valuesOfEitherSignHaveTheSameColours() {
        assertThat(List.of(triple("NEGATIVE"), triple("POSITIVE")))
                .containsExactly(SignedScale.NEGATIVE, SignedScale.POSITIVE);
    }

    private int triple(String name) {
        return Pattern.compile("const " + name + " = \\[(\\d+), (\\d+), (\\d+)];")
                .matcher(script)
                .results()
                .mapToInt(found ->
                        Integer.parseInt(found.group(1)) << 16
                                | Integer.parseInt(found.group(2)) << 8
                                | Integer.parseInt(found.group(3)))
                .findFirst()
                .orElseThrow();
    }

    private static int number(MatchResult found) {
        String digits = found.group(1) == null ? found.group(2) : found.group(1);
        return Integer.parseInt(digits, 16);
    }
}
