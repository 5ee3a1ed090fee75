package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.lab.study.PlannedRun.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudyPlanTests {

    @TempDir private Path directory;

    @Test
    void seedsAreRunInPairsAndAfterTheirSearch() throws IOException {
        StudyPlan plan = SmallPlan.in(directory);

        assertThat(PlannedRun.of(plan).stream().map(PlannedRun::id))
                .containsExactly(
                        "search-colours-tssa-0.01",
                        "search-colours-dmsa-0.01",
                        "short-tssa-1",
                        "short-dmsa-1",
                        "short-tssa-2",
                        "short-dmsa-2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "study: small | study: Big One | study: expected a name",
                "seed: 99 | seed: 1 | parts[0].seeds: expected other seeds than that of the search",
                "seed: 99 | seed: x | searches.colours.seed: expected a whole number, got x",
                "seeds: [1, 2] | seeds: [1, 1] | parts[0].seeds: expected 2 to 20 different seeds",
                "seeds: [1, 2] | sed: [1, 2] | parts[0]: unknown key sed; known are name,",
                "rates: [0.01] | rates: [0.01, 0.01] | searches.colours.rates[1]: expected positive",
                "rates: [0.01] | rates: [] | searches.colours.rates: expected a list of at least",
                "rates: colours | rates: other | parts[0].rates: expected one of colours, got other",
                "images: 6 | images: 0 | rates.images: expected a whole number of at least 1, got 0",
                "measure: accuracy | measure: beauty | claims[0].measure: expected one of",
                "more_than: 0, equal | less_than: 0, more_than: 0, equal | claims[0]: expected either",
                "against: tssa | against: mhsa | claims[0].against: expected one of dmsa, tssa, got",
                "against: tssa | againts: tssa | claims[0]: unknown key againts",
                "--epochs 1 --batch | --epochs 1 --seed 3 --batch | searches.colours.options: expected no --seed",
                "study: small | study: [small | plan.yaml: while parsing",
            })
    void errorsNameTheirKey(String before, String after, String message) {
        String text = SmallPlan.TEXT.replaceFirst(Pattern.quote(before), after);

        assertThat(text).isNotEqualTo(SmallPlan.TEXT);
        assertThatThrownBy(() -> SmallPlan.of(directory, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plan.yaml: ")
                .hasMessageContaining(message);
    }

    @Test
    void thePlanOfThePapersClaimsHasWhatItsPageSays() throws IOException {
        StudyPlan plan = StudyPlan.read(Path.of("docs/studies/paper-claims/plan.yaml"));
        List<PlannedRun> runs = PlannedRun.of(plan);

        assertThat(plan.arms().keySet()).containsExactly("tssa", "dmsa", "softmax");
        assertThat(plan.parts().stream().map(part -> part.name() + " " + part.seeds().size()))
                .containsExactly("cifar10-12 8", "caltech 5", "cifar10-patches 4", "cifar10-40 4");
        assertThat(runs.stream().filter(run -> run.kind() == Kind.SEARCH)).hasSize(18);
        assertThat(runs.stream().filter(run -> run.kind() == Kind.RUN)).hasSize(63);
        assertThat(runs.getFirst().kind()).isEqualTo(Kind.COST);
        assertThat(plan.claims()).hasSize(18);
    }
}
