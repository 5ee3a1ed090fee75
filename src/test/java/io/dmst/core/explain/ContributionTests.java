package io.dmst.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.explain.picture.Caption;
import io.dmst.core.explain.picture.PictureKind;
import io.dmst.core.explain.picture.PictureRenderer;
import io.dmst.core.explain.picture.PictureRendererTests;
import io.dmst.core.explain.picture.SignedScale;
import io.dmst.core.image.RgbImage;
import io.dmst.core.model.Contributions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Explanations of models with the membership head. */
class ContributionTests {

    private static final Caption CAPTION = new Caption("noise.png", "cat 93.1%", "tiny");

    private final ModelConfig config = Traces.membership(3, 5);
    private final Contributions contributions = Traces.contributions(config);
    private final Map<String, float[]> trace = Traces.random(config);

    private Explanation explain(Wanted wanted, int predicted) {
        return new Explainer(config, contributions, wanted).explain(trace, predicted);
    }

    private static double sum(float[]... maps) {
        double sum = 0;
        for (float[] map : maps) {
            for (float value : map) {
                sum += value;
            }
        }
        return sum;
    }

    @Test
    void allMapsTheirSumsAndTheBiasSumToTheSameLogit() {
        for (int predicted = 0; predicted < 5; predicted++) {
            Explanation.Contribution split =
                    explain(Wanted.everything(config), predicted).contribution().orElseThrow();

            assertThat(split.index()).isEqualTo(predicted);
            assertThat(sum(split.maps()) + split.bias()).isCloseTo(split.logit(), within(1e-4));
            assertThat(sum(split.map()) + split.bias()).isCloseTo(split.logit(), within(1e-4));
            assertThat(split.logit()).isCloseTo(logit(predicted), within(1e-9));
        }
    }

    /** Σ (K/N) D w x + b, once more. */
    private double logit(int predicted) {
        Contributions.OfClass split = contributions.to(predicted, trace);
        double sum = split.bias();
        for (double part : split.parts().toArray()) {
            sum += part;
        }
        return sum;
    }

    @Test
    void anotherClassThanThePredictedOneIsExplainedWhereItIsAskedFor() {
        Wanted wanted = Wanted.everything(config).withClass(2);

        Explanation.Contribution split = explain(wanted, 0).contribution().orElseThrow();

        assertThat(split.index()).isEqualTo(2);
        assertThat(split.label()).isEqualTo("red fox");
        assertThat(split.map())
                .containsExactly(
                        explain(Wanted.everything(config), 2).contribution().orElseThrow().map());
        assertThat(wanted.withoutExactRates().classIndex()).isEqualTo(2);
    }

    @Test
    void leavingGroupsOutChangesMapsAloneAndNoSum() {
        Explanation.Contribution all =
                explain(Wanted.everything(config), 1).contribution().orElseThrow();
        Explanation.Contribution some =
                explain(Wanted.of(config, "0", "1,3", 0.01), 1).contribution().orElseThrow();

        assertThat(some.maps()).isDeepEqualTo(new float[][] {all.maps()[1], all.maps()[3]});
        assertThat(some.map()).containsExactly(all.map());
        assertThat(some.groups()).containsExactly(all.groups());
    }

    @Test
    void thereIsNoClassAttentionAndNothingThatNeedsIt() {
        Explainer explainer =
                new Explainer(config, contributions, Wanted.of(config, "0", "all", 0.01));
        assertThat(explainer.probes())
                .containsExactlyInAnyOrder(
                        "tokens.0",
                        "membership.0",
                        "second_moment.0",
                        "selection.0",
                        "head_membership.2",
                        "head_tokens.2");

        Map<String, Object> tree = explain(Wanted.everything(config), 0).tree();

        assertThat(tree)
                .doesNotContainKey("class_attention")
                .containsEntry("contribution_class", Map.of("index", 0, "label", "cat"))
                .containsKeys("contribution", "contribution_map", "contribution_groups")
                .containsKeys("contribution_bias");
        assertThat(tree.toString()).doesNotContain("class_view", "class_share");
        assertThat(String.valueOf(tree.get("meaning"))).contains("convention");
    }

    @Test
    void aModelWithClassAttentionHasNoContributions() {
        ModelConfig other = Traces.config("dmsa", 3, 5);
        Explanation explanation =
                new Explainer(other, Wanted.everything(other)).explain(Traces.random(other), 0);

        assertThat(explanation.contribution()).isEmpty();
        assertThat(explanation.tree().toString()).doesNotContain("contribution");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Explainer(config, Wanted.everything(config)))
                .withMessageContaining("membership head");
    }

    @ParameterizedTest
    @ValueSource(strings = {"head_membership.2", "head_tokens.2"})
    void aProbeThatIsMissingOrOfAnotherSizeIsNamed(String name) {
        trace.put(name, new float[3]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> explain(Wanted.everything(config), 0))
                .withMessageContaining(name)
                .withMessageContaining("got 3");
        trace.remove(name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> explain(Wanted.everything(config), 0))
                .withMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,5", "1,13", "8,8"})
    void thePicturesShowEveryContribution(int rows, int columns) {
        ModelConfig model = Traces.membership(rows, columns);
        Explanation explanation =
                new Explainer(model, Traces.contributions(model), Wanted.everything(model))
                        .explain(Traces.random(model), 4);
        PictureRenderer pictures =
                new PictureRenderer(
                        explanation, PictureRendererTests.noise(40 * rows, 40 * columns), CAPTION);
        Explanation.Contribution split = explanation.contribution().orElseThrow();

        Set<Integer> sheet = colours(pictures.sheet(1));

        SignedScale whole = SignedScale.of(List.of(split.map()).stream());
        for (float value : split.map()) {
            assertThat(sheet).contains(whole.colour(value));
        }
        SignedScale perGroup = SignedScale.of(List.of(split.maps()).stream());
        for (float[] map : split.maps()) {
            for (float value : map) {
                assertThat(sheet).contains(perGroup.colour(value));
            }
        }
        assertThat(pictures.contribution().rgb()).isEqualTo(pictures.contribution().rgb());
        assertThat(colours(pictures.contribution())).hasSizeGreaterThan(50);
        assertThat(PictureKind.CONTRIBUTION.of(pictures).rgb())
                .isEqualTo(pictures.contribution().rgb());
    }

    @Test
    void picturesOfClassAttentionHaveNoContributions() {
        ModelConfig other = Traces.config("dmsa", 3, 5);
        Explanation explanation =
                new Explainer(other, Wanted.everything(other)).explain(Traces.random(other), 0);
        PictureRenderer pictures =
                new PictureRenderer(explanation, PictureRendererTests.noise(60, 100), CAPTION);

        assertThatIllegalArgumentException()
                .isThrownBy(pictures::contribution)
                .withMessageContaining("class attention");
    }

    private static Set<Integer> colours(RgbImage image) {
        Set<Integer> colours = new HashSet<>();
        byte[] rgb = image.rgb();
        for (int at = 0; at < rgb.length; at += 3) {
            colours.add((rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff);
        }
        return colours;
    }

    @Test
    void aSignedColourLeadsBackToItsValueAndZeroIsWhite() {
        SignedScale scale = new SignedScale(0.4);
        SplittableRandom random = new SplittableRandom(1);
        List<Double> values = new ArrayList<>(List.of(-0.4, 0.4, 0.0));
        random.doubles(2000, -0.4, 0.4).forEach(values::add);
        for (double value : values) {
            assertThat(scale.value(scale.colour(value))).isCloseTo(value, within(0.4 / 200));
        }
        assertThat(scale.colour(0)).isEqualTo(0xffffff);
        assertThat(scale.colour(7)).isEqualTo(SignedScale.POSITIVE);
        assertThat(scale.colour(-7)).isEqualTo(SignedScale.NEGATIVE);
        assertThatIllegalArgumentException().isThrownBy(() -> new SignedScale(0));
    }
}
