package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.lab.study.Finding.Judgement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FindingTests {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir private Path directory;

    private static Judgement judge(boolean more, double bound, double... sample) {
        Claim claim =
                new Claim(
                        "A",
                        "a",
                        "accuracy",
                        "short",
                        "dmsa",
                        "tssa",
                        more,
                        bound,
                        OptionalDouble.of(0.5));
        return Finding.judge(claim, PairedTest.of(sample, bound));
    }

    @Test
    void aClaimHoldsWhereTheIntervalLiesBeyondItsBound() {
        assertThat(judge(true, 0, 1, 1.1, 0.9, 1.2)).isEqualTo(Judgement.HOLDS);
        assertThat(judge(false, 2, 1, 1.1, 0.9, 1.2)).isEqualTo(Judgement.HOLDS);
        assertThat(judge(true, 0, -1, -1.1, -0.9, -1.2)).isEqualTo(Judgement.FAILS);
        assertThat(judge(false, 0.5, 1, 1.1, 0.9, 1.2)).isEqualTo(Judgement.FAILS);
    }

    @Test
    void fromSixPairsOnTheFlipsOfSignsMustAgree() {
        // one of six is far on the other side: t and flips agree that nothing can be told
        assertThat(judge(true, 0, 2, 2, 2, 2, 2, -4)).isEqualTo(Judgement.OPEN);
        assertThat(judge(true, 0, 2, 2.1, 2.2, 1.9, 1.8, 2)).isEqualTo(Judgement.HOLDS);
    }

    @Test
    void equivalentArmsFailAndWideIntervalsTellNothing() {
        assertThat(judge(true, 0, 0.1, -0.1, 0.05, -0.05)).isEqualTo(Judgement.FAILS);
        assertThat(judge(true, 0, 3, -2.5, 1, -1)).isEqualTo(Judgement.OPEN);
    }

    private static JsonNode run(String arm, long seed, double accuracy) throws IOException {
        return JSON.readTree(
                """
                {"kind":"run","id":"short-%s-%d","result":{"test":{"accuracy":%s},
                 "memberships":{"attention_off":0.25}}}\
                """
                        .formatted(arm, seed, accuracy));
    }

    private static JsonNode rates(String arm, long seed) throws IOException {
        return JSON.readTree(
                """
                {"kind":"rates","id":"short-%s-%d","trained":{"compression":[9,7,5.5,3]},
                 "untrained":{"compression":[9,8,7,6]}}\
                """
                        .formatted(arm, seed));
    }

    @Test
    void nothingIsJudgedBeforeAllSeedsAreThere() throws IOException {
        StudyPlan plan = SmallPlan.in(directory);
        List<JsonNode> lines = new ArrayList<>();
        for (long seed : new long[] {1, 2}) {
            lines.add(run("tssa", seed, 0.5));
            lines.add(run("dmsa", seed, 0.6 + seed / 1000.0));
        }
        Finding early = Finding.of(plan.claims().getFirst(), new StudyResults(plan, lines));
        assertThat(early.judgement()).isEqualTo(Judgement.OPEN);
        assertThat(early.note()).isEqualTo("2 of 2 seeds, not finished");

        for (long seed : new long[] {1, 2}) {
            lines.add(rates("tssa", seed));
            lines.add(rates("dmsa", seed));
        }
        Finding finding = Finding.of(plan.claims().getFirst(), new StudyResults(plan, lines));
        assertThat(finding.judgement()).isEqualTo(Judgement.HOLDS);
        assertThat(finding.test().orElseThrow().mean()).isCloseTo(10.15, within(1e-9));
    }

    @Test
    void measuresAreReadFromTheLines() throws IOException {
        JsonNode run = run("dmsa", 1, 0.75);
        JsonNode rates = rates("dmsa", 1);

        assertThat(StudyMeasure.ofRun(run, "accuracy")).hasValue(75);
        assertThat(StudyMeasure.ofRun(run, "loss.attention_off")).hasValue(50);
        assertThat(StudyMeasure.ofRun(run, "loss.shuffled")).isEmpty();
        // least squares of 9, 7, 5.5, 3: (1.5·9 + 0.5·7 − 0.5·5.5 − 1.5·3)/5
        assertThat(StudyMeasure.ofRates(rates, "speed.compression").orElseThrow())
                .isCloseTo(1.95, within(1e-12));
        assertThat(StudyMeasure.ofRates(rates, "null.compression").orElseThrow())
                .isCloseTo(0.95, within(1e-12));
        assertThat(StudyMeasure.ofRates(rates, "speed.rate")).isEmpty();
    }

    @Test
    void theRateWithTheBestValidationIsChosenAndOfEqualOnesTheSmaller() throws IOException {
        String three = SmallPlan.TEXT.replace("rates: [0.01]", "rates: [0.01, 0.02, 0.04]");
        StudyPlan plan = SmallPlan.of(directory, three);
        List<JsonNode> lines = new ArrayList<>();
        String[] rates = {"0.01", "0.02", "0.04"};
        double[] accuracies = {0.3, 0.5, 0.5};
        for (int i = 0; i < rates.length; i++) {
            assertThat(new StudyResults(plan, lines).rate("colours", "dmsa")).isEmpty();
            lines.add(
                    JSON.readTree(
                            """
                            {"kind":"search","id":"search-colours-dmsa-%s",
                             "result":{"validation":{"accuracy":%s}}}\
                            """
                                    .formatted(rates[i], accuracies[i])));
        }
        assertThat(new StudyResults(plan, lines).rate("colours", "dmsa")).contains("0.02");
        assertThat(new StudyResults(plan, lines).rate("colours", "tssa")).isEmpty();
    }
}
