package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocumentTests {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");
    private static final Pattern TEST = Pattern.compile("`([A-Z][a-z]\\w*Tests)`");
    private static final Path RESULTS = Path.of("docs", "benchmarks", "results");

    /** A reader can finish the guides; references, decisions and studies are looked up. */
    private static final int WORDS = 12_000;

    @Test
    void everyLinkInTheProjectLeadsToAFile() throws Exception {
        TreeSet<String> broken = new TreeSet<>();
        for (Path document : documents()) {
            LINK.matcher(Files.readString(document))
                    .results()
                    .map((MatchResult link) -> link.group(1))
                    .filter(link -> !link.isEmpty() && !Files.exists(target(document, link)))
                    .forEach(link -> broken.add(document + ": " + link));
        }
        assertThat(documents()).isNotEmpty();
        assertThat(broken).isEmpty();
    }

    @Test
    void everyAnchorOfALinkIsAHeading() throws Exception {
        TreeSet<String> broken = new TreeSet<>();
        for (Path document : documents()) {
            for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
                Path target = link.group(1).isEmpty() ? document : target(document, link.group(1));
                if (link.group(2) != null && !anchors(target).contains(link.group(2))) {
                    broken.add(document + ": " + link.group(1) + "#" + link.group(2));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyTestThatADocumentNamesExists() throws Exception {
        Set<String> tests =
                ProjectFiles.sources().stream()
                        .map(source -> source.getFileName().toString().replace(".java", ""))
                        .collect(Collectors.toSet());
        TreeSet<String> named = new TreeSet<>();
        for (Path document : documents()) {
            TEST.matcher(Files.readString(document))
                    .results()
                    .map((MatchResult test) -> test.group(1))
                    .forEach(named::add);
        }
        assertThat(named).isNotEmpty();
        named.removeAll(tests);
        assertThat(named).isEmpty();
    }

    @Test
    void theGuidesAreShort() throws Exception {
        int words = 0;
        for (Path document : documents()) {
            if (document.startsWith("docs")
                    && Stream.of("reference", "decisions", "studies")
                            .noneMatch(part -> document.startsWith(Path.of("docs", part)))) {
                words += Files.readString(document).strip().split("\\s+").length;
            }
        }
        assertThat(words).isBetween(1, WORDS);
    }

    @Test
    void everyResultOfABenchmarkIsInItsTable() throws Exception {
        String table = Files.readString(RESULTS.resolveSibling("README.md"));
        try (Stream<Path> results = Files.list(RESULTS)) {
            assertThat(results.map(file -> "(results/" + file.getFileName() + ")"))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(table).contains(file));
        }
    }

    private static List<Path> documents() throws Exception {
        return ProjectFiles.all().stream().filter(file -> file.toString().endsWith(".md")).toList();
    }

    private static Path target(Path document, String link) {
        return document.toAbsolutePath().resolveSibling(link);
    }

    /** Names under which hosts of repositories show a document's headings. */
    private static Set<String> anchors(Path document) throws Exception {
        String text = Files.readString(document);
        return Stream.concat(
                        HEADING.matcher(text)
                                .results()
                                .map((MatchResult heading) ->
                                        heading.group(1).toLowerCase(Locale.ROOT))
                                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", ""))
                                .map(heading -> heading.replace(' ', '-')),
                        ANCHOR.matcher(text).results().map((MatchResult id) -> id.group(1)))
                .collect(Collectors.toSet());
    }
}
