package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DocumentTests {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    @Test
    void everyLinkInTheProjectLeadsToAFile() throws Exception {
        List<Path> documents =
                ProjectFiles.all().stream()
                        .filter(file -> file.toString().endsWith(".md"))
                        .toList();
        TreeSet<String> broken = new TreeSet<>();
        for (Path document : documents) {
            LINK.matcher(Files.readString(document))
                    .results()
                    .map((MatchResult link) -> link.group(1))
                    .filter(link -> !Files.exists(document.toAbsolutePath().resolveSibling(link)))
                    .forEach(link -> broken.add(document + ": " + link));
        }
        assertThat(documents).isNotEmpty();
        assertThat(broken).isEmpty();
    }
}
