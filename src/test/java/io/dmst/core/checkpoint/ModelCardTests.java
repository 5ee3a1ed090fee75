package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTests {

    private static final String CARD =
            """
            ---
            license: apache-2.0
            date: 2026-11-23
            datasets:
              - cifar10
              -
            model-index:
              - name: dmst
                accuracy: 0.81
                epochs: 30
            base_model: null
            ---

            # DMST ü

            ---
            Text behind a rule.
            """;

    @Test
    void frontMatterIsDataAndTheRestIsTheBody() {
        ModelCard card = ModelCard.parse(CARD);
        assertThat(card.frontMatter())
                .isEqualTo(
                        Map.of(
                                "license",
                                "apache-2.0",
                                "date",
                                "2026-11-23",
                                "datasets",
                                List.of("cifar10"),
                                "model-index",
                                List.of(Map.of("name", "dmst", "accuracy", 0.81, "epochs", 30))));
        assertThat(card.frontMatter().keySet())
                .containsExactly("license", "date", "datasets", "model-index");
        assertThat(card.body()).isEqualTo("# DMST ü\n\n---\nText behind a rule.");
    }

    @Test
    void aCardSurvivesItsText() {
        ModelCard card = ModelCard.parse(CARD);
        assertThat(ModelCard.parse(card.text())).isEqualTo(card);
        ModelCard windows = ModelCard.parse(CARD.replace("\n", "\r\n"));
        assertThat(windows).isEqualTo(card);
        for (ModelCard bare :
                List.of(ModelCard.EMPTY, new ModelCard(Map.of(), "---\nno: front matter\n---"))) {
            assertThat(ModelCard.parse(bare.text())).isEqualTo(bare);
        }
    }

    @Test
    void withoutFrontMatterEverythingIsTheBody() {
        assertThat(ModelCard.parse("# Title\n---\nx"))
                .isEqualTo(new ModelCard(Map.of(), "# Title\n---\nx"));
        assertThat(ModelCard.parse("")).isEqualTo(ModelCard.EMPTY);
    }

    @Test
    void nobodyChangesACard() {
        Map<String, Object> matter = ModelCard.parse(CARD).frontMatter();
        List<?> datasets = (List<?>) Objects.requireNonNull(matter.get("datasets"));
        assertThatThrownBy(() -> matter.put("x", 1))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> datasets.clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "license: mit | no line '---' ends it",
                "- a list~--- | must be a YAML mapping",
                "just text~--- | must be a YAML mapping",
                "a: [1~--- | not valid YAML",
                "a: 1~a: 2~--- | found duplicate key a",
                "a: &x [*x]~--- | nested deeper than",
            })
    void brokenFrontMatterIsRefusedForWhatIsWrong(String rest, String message) {
        assertThatThrownBy(() -> ModelCard.parse("---\n" + rest.replace('~', '\n')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: !!java.net.URL [\"http://localhost\"]",
                "a: !!javax.script.ScriptEngineManager []",
                "a: !!io.dmst.core.checkpoint.ImageSize [1, 2]"
            })
    void noClassIsMadeFromFrontMatter(String yaml) {
        assertThatThrownBy(() -> ModelCard.parse("---\n" + yaml + "\n---\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not valid YAML");
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder bomb = new StringBuilder("---\na0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThatThrownBy(() -> ModelCard.parse(bomb + "---\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aliases");
    }
}
