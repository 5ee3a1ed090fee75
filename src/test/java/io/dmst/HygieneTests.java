package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no tracked text may say. The patterns are broken up so that this file passes too. */
class HygieneTests {

    /** Names of XML schemas look like addresses; nothing is fetched from them. */
    private static final Pattern XML_NAMES =
            Pattern.compile("https?://(maven\\.apache|www\\.w3)\\.org/(POM|xsd|\\d{4})[/\\w.-]*");

    private static final Pattern REGISTRIES =
            Pattern.compile(
                    "(https?:)?//[\\w.-]*("
                            + String.join(
                                    "|",
                                    "mav" + "en",
                                    "sona" + "type",
                                    "jit" + "pack",
                                    "npm" + "js",
                                    "py" + "pi",
                                    "python" + "hosted",
                                    "ana" + "conda",
                                    "deb" + "ian",
                                    "ubu" + "ntu",
                                    "gol" + "ang",
                                    "crates\\.i" + "o",
                                    "ruby" + "gems")
                            + ")[\\w.-]*");

    private static final Pattern MACHINE_PATHS =
            Pattern.compile(
                    "(?<![\\w.{}$~-])/("
                            + String.join(
                                    "|",
                                    "wo" + "rk",
                                    "fa" + "rm",
                                    "ro" + "ot",
                                    "home/\\w+",
                                    "Us" + "ers/\\w+",
                                    "usr/lib/" + "jvm",
                                    "tmp/w" + "t")
                            + ")(?=[/-])|\\b[A-Z]:\\\\Us"
                            + "ers");

    private static final Pattern LEFT_OVERS =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b|@Disab" + "led\\b");

    private static final Pattern STACK_PRINTS = Pattern.compile("print" + "StackTrace");

    @Test
    void noFileNamesARegistry() throws Exception {
        assertThat(hits(ProjectFiles.all(), REGISTRIES)).isEmpty();
    }

    @Test
    void noFileNamesAPathOfOneMachine() throws Exception {
        assertThat(hits(ProjectFiles.all(), MACHINE_PATHS)).isEmpty();
    }

    @Test
    void nothingIsLeftForLater() throws Exception {
        assertThat(hits(ProjectFiles.all(), LEFT_OVERS)).isEmpty();
    }

    @Test
    void onlyTheCommandLinePrintsAStack() throws IOException {
        assertThat(hits(ProjectFiles.sources(), STACK_PRINTS))
                .hasSize(1)
                .allMatch(hit ->
                        hit.startsWith(Path.of("src/main/java/io/dmst/cli/Dmst.java").toString()));
    }

    @Test
    void patternsFindWhatTheyAreFor() {
        assertThat("https://repo1." + "mav" + "en.org/x").containsPattern(REGISTRIES);
        assertThat("cd /wo" + "rk/main").containsPattern(MACHINE_PATHS);
        assertThat("JAVA_HOME=/usr/lib/" + "jvm/jdk").containsPattern(MACHINE_PATHS);
        assertThat("// TO" + "DO later").containsPattern(LEFT_OVERS);
        assertThat("src/wo" + "rk/main and $HOME/ro" + "ot/x").doesNotContainPattern(MACHINE_PATHS);
    }

    private static List<String> hits(List<Path> files, Pattern pattern) {
        TreeSet<String> hits = new TreeSet<>();
        for (Path file : files) {
            ProjectFiles.text(file).map(text -> XML_NAMES.matcher(text).replaceAll("")).stream()
                    .flatMap(text -> found(pattern, text))
                    .forEach(found -> hits.add(file + ": " + found));
        }
        return List.copyOf(hits);
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group);
    }
}
