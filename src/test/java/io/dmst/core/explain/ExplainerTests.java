package io.dmst.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.math.CodingRate;
import io.dmst.core.math.Matrix;
import io.dmst.core.math.TssaSpecification;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainerTests {

    private static final int N = 15;
    private static final int K = 4;
    private static final int D = 24;

    private static Explanation explain(ModelConfig config) {
        return new Explainer(config, Wanted.everything(config)).explain(Traces.random(config), 0);
    }

    @ParameterizedTest
    @CsvSource({"dmsa,1,1", "dmsa,3,5", "dmsa,5,3", "tssa,1,1", "tssa,3,5", "dmsa,1,13"})
    void membershipsOfATokenSumToOneOnAnyGrid(String attention, int rows, int columns) {
        Explanation explanation = explain(Traces.config(attention, rows, columns));

        assertThat(explanation.grid()).isEqualTo(new Grid(rows, columns));
        assertThat(explanation.layers()).hasSize(3);
        for (Explanation.Layer layer : explanation.layers()) {
            Explanation.Groups groups = layer.groups().orElseThrow();
            for (int token = 0; token < rows * columns; token++) {
                double sum = 0;
                for (float[] map : groups.membership()) {
                    sum += map[token];
                }
                assertThat(sum).isCloseTo(1, within(1e-5));
            }
            assertThat(Arrays.stream(groups.usage()).sum()).isCloseTo(1, within(1e-5));
            assertThat(Arrays.stream(Objects.requireNonNull(groups.classShare())).sum())
                    .isCloseTo(1, within(1e-5));
            assertThat(groups.meanEntropy()).isBetween(0.0, Math.log(K));
            double rate = Objects.requireNonNull(layer.rates().rate());
            assertThat(layer.rates().compression()).isBetween(0.0, rate + 1e-5);
            assertThat(rate).isLessThanOrEqualTo(layer.rates().bound() + 1e-9);
        }
    }

    @Test
    void ratesAreThoseOfTheSpecificationOnTheSameArrays() {
        ModelConfig config = Traces.config("dmsa", 3, 5);
        Map<String, float[]> trace = Traces.random(config);
        Wanted wanted = new Wanted(List.of(1), List.of(0, 1, 2, 3), 0.05);

        Explanation.Rates rates =
                new Explainer(config, wanted).explain(trace, 0).layers().getFirst().rates();

        Matrix Z = CodingRate.unitRows(matrix(trace, "tokens.1", N, D));
        Matrix Pi = matrix(trace, "membership.1", N, K);
        Matrix s = matrix(trace, "second_moment.1", K, D);
        double[] mass = Pi.columnSums().toArray();
        double energy = 0;
        for (int k = 0; k < K; k++) {
            for (int i = 0; i < D; i++) {
                energy += mass[k] / N * s.at(k, i);
            }
        }
        assertThat(rates.rate()).isCloseTo(CodingRate.rate(Z, 0.05), within(1e-9));
        assertThat(rates.compression())
                .isCloseTo(CodingRate.compression(Z, Pi, 0.05), within(1e-9));
        assertThat(rates.variational())
                .isCloseTo(
                        CodingRate.variational(
                                s.scaled(1 / energy),
                                mass,
                                matrix(trace, "selection.1", K, D),
                                N,
                                0.05),
                        within(1e-9));
        assertThat(rates.bound()).isEqualTo(0.5 * D * Math.log(21), within(1e-9));
    }

    @Test
    void groupsOfTssaKeepTheirOwnBlockOfAxes() {
        ModelConfig config = Traces.config("tssa", 3, 5);
        Explanation.Groups groups = explain(config).layers().getLast().groups().orElseThrow();
        float[] moments = Traces.values(Traces.random(config), "second_moment.2");

        for (int k = 0; k < K; k++) {
            assertThat(groups.sparsity(k)).isEqualTo(0.75);
            double[] row = new double[D];
            for (int i = 0; i < D; i++) {
                row[i] = groups.secondMoments()[k][i];
            }
            Matrix spread = TssaSpecification.amongAllAxes(moments, K, D);
            int group = k;
            assertThat(row)
                    .containsExactly(
                            IntStream.range(0, D).mapToDouble(i -> spread.at(group, i)).toArray());
        }
    }

    @Test
    void softmaxAttentionHasRatesAndClassAttentionAndNothingElse() {
        ModelConfig config = Traces.config("mhsa", 3, 5);
        Explanation explanation = explain(config);

        assertThat(new Explainer(config, Wanted.everything(config)).probes())
                .containsExactlyInAnyOrder(
                        "tokens.0",
                        "tokens.1",
                        "tokens.2",
                        "class_attention.0",
                        "class_attention.1");
        assertThat(explanation.layers())
                .allSatisfy(layer -> {
                    assertThat(layer.groups()).isEmpty();
                    assertThat(layer.rates().compression()).isNull();
                    assertThat(layer.rates().variational()).isNull();
                    assertThat(layer.rates().rate()).isPositive();
                });
        assertThat(explanation.classAttention()).hasSize(2);
        assertThat(explanation.tree().toString()).doesNotContain("membership", "R_c");
    }

    @Test
    void onlyTheLayersThatAreAskedForNeedProbes() {
        ModelConfig config = Traces.config("dmsa", 3, 5);

        assertThat(new Explainer(config, Wanted.of(config, "last", "0", 0.01)).probes())
                .containsExactlyInAnyOrder(
                        "tokens.2",
                        "membership.2",
                        "second_moment.2",
                        "selection.2",
                        "class_attention.0",
                        "class_attention.1");
    }

    @Test
    void withoutExactRatesNoTokensAreNeededAndEverythingElseIsTheSame() {
        ModelConfig config = Traces.config("dmsa", 3, 5);
        Map<String, float[]> trace = Traces.random(config);
        Explanation all = new Explainer(config, Wanted.everything(config)).explain(trace, 0);
        Explainer explainer = new Explainer(config, Wanted.everything(config).withoutExactRates());
        trace.keySet().retainAll(explainer.probes());

        Explanation some = explainer.explain(trace, 0);

        assertThat(trace.keySet()).noneMatch(name -> name.startsWith("tokens"));
        assertThat(some.tree().toString()).doesNotContain("R_c=", "R=").contains("R_c_variational");
        for (int layer = 0; layer < 3; layer++) {
            Explanation.Rates rates = some.layer(layer).rates();
            assertThat(rates.rate()).isNull();
            assertThat(rates.compression()).isNull();
            assertThat(rates.variational()).isEqualTo(all.layer(layer).rates().variational());
            assertThat(some.layer(layer).groups().orElseThrow().membership())
                    .isDeepEqualTo(all.layer(layer).groups().orElseThrow().membership());
        }
    }

    @Test
    void leavingGroupsOutChangesMapsAloneAndNoNumber() {
        ModelConfig config = Traces.config("dmsa", 3, 5);
        Map<String, float[]> trace = Traces.random(config);
        Explanation.Layer all =
                new Explainer(config, Wanted.everything(config)).explain(trace, 0).layers().get(2);
        Explanation.Layer some =
                new Explainer(config, Wanted.of(config, "2", "3,1", 0.01))
                        .explain(trace, 0)
                        .layers()
                        .getFirst();

        assertThat(some.rates()).isEqualTo(all.rates());
        Explanation.Groups allGroups = all.groups().orElseThrow();
        Explanation.Groups someGroups = some.groups().orElseThrow();
        assertThat(someGroups.membership())
                .isDeepEqualTo(
                        new float[][] {allGroups.membership()[1], allGroups.membership()[3]});
        assertThat(someGroups.usage()).containsExactly(allGroups.usage());
        assertThat(someGroups.strongest()).containsExactly(allGroups.strongest());
    }

    @Test
    void theClassTokensViewIsMembershipTimesClassAttention() {
        Explanation explanation = explain(Traces.config("dmsa", 3, 5));
        Explanation.ClassAttention last = explanation.classAttention().getLast();
        Explanation.Groups groups = explanation.layers().get(1).groups().orElseThrow();

        float[][] views = Objects.requireNonNull(groups.classView());
        double all = last.classToken();
        for (int k = 0; k < K; k++) {
            for (int j = 0; j < N; j++) {
                assertThat(views[k][j])
                        .isCloseTo(groups.membership()[k][j] * last.map()[j], within(1e-7f));
                all += views[k][j];
            }
        }
        assertThat(all).isCloseTo(1, within(1e-5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokens.1", "membership.0", "selection.2", "class_attention.1"})
    void aProbeThatIsMissingOrOfAnotherSizeIsNamed(String name) {
        ModelConfig config = Traces.config("dmsa", 3, 5);
        Map<String, float[]> trace = Traces.random(config);
        Explainer explainer = new Explainer(config, Wanted.everything(config));

        trace.put(name, new float[3]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> explainer.explain(trace, 0))
                .withMessageContaining(name)
                .withMessageContaining("got 3");
        trace.remove(name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> explainer.explain(trace, 0))
                .withMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dmsa", "tssa", "mhsa"})
    void everyWordOfTheTreeHasAMeaning(String attention) {
        Map<String, Object> tree = explain(Traces.config(attention, 3, 5)).tree();

        assertThat(tree.get("meaning"))
                .isInstanceOfSatisfying(
                        Map.class,
                        meanings -> {
                            Set<String> words = new TreeSet<>(tree.keySet());
                            ((List<?>) tree.getOrDefault("layers", List.of()))
                                    .forEach(layer ->
                                            ((Map<?, ?>) layer)
                                                    .keySet()
                                                    .forEach(key -> words.add(key.toString())));
                            words.remove("meaning");
                            for (String word : words) {
                                assertThat(meanings.get(word)).as(word).isNotNull();
                            }
                        });
    }

    @Test
    void wordsAreUnique() {
        List<String> words = new ArrayList<>();
        for (Term term : Term.values()) {
            words.add(term.word());
        }
        assertThat(words).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "-1", "0,", "first", "1-2", "99999999999"})
    void layersThatTheModelDoesNotHaveAreRefused(String layers) {
        ModelConfig config = Traces.config("dmsa", 3, 5);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Wanted.of(config, layers, "all", 0.01))
                .withMessageContaining("from 0 to 2");
        assertThat(Wanted.of(config, " 2, 0,2", "last", 0.01))
                .isEqualTo(new Wanted(List.of(0, 2), List.of(3), 0.01));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void anErrorThatIsNotPositiveIsRefused(double epsilonSquared) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Wanted(List.of(0), List.of(0), epsilonSquared))
                .withMessageContaining("epsilon_squared");
    }

    private static Matrix matrix(Map<String, float[]> trace, String name, int rows, int columns) {
        float[] values = Traces.values(trace, name);
        return Matrix.generate(rows, columns, (i, j) -> values[i * columns + j]);
    }
}
