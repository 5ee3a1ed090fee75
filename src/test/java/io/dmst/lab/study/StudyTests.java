package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.typicality.Fit;
import io.dmst.core.typicality.LayerVector;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.Typicality;
import io.dmst.lab.study.WindowStudy.Delay;
import io.dmst.lab.study.WindowStudy.FalseAlarms;
import io.dmst.lab.study.WindowStudy.Known;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StudyTests {

    private static final LayerVector COMPONENTS = new LayerVector(1, 2);

    private final Typicality typicality =
            new Typicality(
                    Fit.of(
                            new Reference.Origin("sha256:0", "made up"),
                            COMPONENTS,
                            observations(2_000, 1, 0).stream().map(Observation::vector).toList(),
                            1));

    private static List<Observation> observations(int count, long seed, double shift) {
        Random random = new Random(seed);
        return Stream.generate(() ->
                        new Observation(
                                random.nextDouble(),
                                new double[] {
                                    random.nextGaussian() + shift,
                                    random.nextGaussian(),
                                    random.nextGaussian()
                                }))
                .limit(count)
                .toList();
    }

    private List<Known> known(long seed, double shift) {
        return WindowStudy.known(typicality, observations(1_000, seed, shift));
    }

    private WindowStudy study(double stated) {
        return new WindowStudy(typicality, 64, stated, new Random(3));
    }

    @Test
    void anAreaCountsPairsAndHalvesTies() {
        assertThat(Auroc.of(new double[] {3, 4}, new double[] {1, 2})).isEqualTo(1);
        assertThat(Auroc.of(new double[] {1, 2}, new double[] {3, 4})).isZero();
        assertThat(Auroc.of(new double[] {1, 1}, new double[] {1, 1, 1})).isEqualTo(0.5);
        // of six pairs: 2>1, 2=2, 2<3, 4>1, 4>2, 4>3
        assertThat(Auroc.of(new double[] {2, 4}, new double[] {1, 2, 3})).isEqualTo(4.5 / 6);
    }

    @Test
    void windowsOfUsualImagesAreCountedAndSeldomAlarm() {
        FalseAlarms found = study(0.05).falseAlarms(known(2, 0), 2_000);
        assertThat(found.windows()).isBetween(2_000, 2_020);
        assertThat(found.rate()).isLessThan(0.07);
        assertThat(found.interval().getLowerBound()).isLessThanOrEqualTo(found.rate());
        assertThat(found.interval().getUpperBound()).isGreaterThanOrEqualTo(found.rate());
    }

    @Test
    void fewerImagesThanAWindowHasAreRefused() {
        List<Known> few = known(2, 0).subList(0, 63);
        assertThatThrownBy(() -> study(0.05).falseAlarms(few, 10))
                .hasMessageContaining("63 images do not fill a window of 64");
    }

    @Test
    void aDriftIsNoticedTheSoonerTheStrongerAndNoneIsNever() {
        Delay strong = study(0.001).delay(known(2, 0), known(4, 3), 100);
        Delay weak = study(0.001).delay(known(2, 0), known(4, 0.5), 100);
        Delay none = study(1e-9).delay(known(2, 0), known(4, 0), 20);
        assertThat(strong.withinOneWindow()).isEqualTo(1);
        assertThat(strong.most()).isLessThanOrEqualTo(64);
        assertThat(weak.median()).isGreaterThan(strong.median());
        assertThat(none.median()).isInfinite();
        assertThat(none.withinOneWindow()).isZero();
    }

    @Test
    void tablesAreMarkdownAndFindTheirPlace() {
        StudyText.Table table = StudyText.areas();
        StudyText.area(table, "shifted", known(2, 0), known(4, 6));
        assertThat(table.text())
                .startsWith("| against | images |")
                .containsPattern(
                        "\\| shifted \\| 1,000 \\| (1\\.000|0\\.99\\d) \\| 0\\.[45]\\d\\d \\| typicality \\| 100\\.0 % \\|\n$");

        String document = "a\n<!-- study: x -->\nold\n<!-- end of x -->\nb\n";
        String filled = StudyText.replaced(document, "x", "| new |\n");
        assertThat(filled).isEqualTo("a\n<!-- study: x -->\n| new |\n<!-- end of x -->\nb\n");
        assertThat(StudyText.replaced(filled, "x", "| new |\n")).isEqualTo(filled);
        assertThatThrownBy(() -> StudyText.replaced(document, "y", ""))
                .hasMessageContaining("study: y");
    }
}
