package io.dmst.core.typicality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FitTests {

    private static Reference fit(List<double[]> vectors) {
        return Fit.of(Vectors.ORIGIN, Vectors.COMPONENTS, vectors, 7);
    }

    private static List<double[]> each(List<double[]> vectors, UnaryOperator<double[]> change) {
        return vectors.stream().map(change).toList();
    }

    @Test
    void aFifthIsHeldOutAndTheRestHasItsMeanAndCovariance() {
        List<double[]> vectors = new Vectors(2).many(5_000);
        Reference reference = fit(vectors);
        assertThat(reference.images()).isEqualTo(4_000);
        assertThat(reference.distances()).hasSize(1_000).isSorted();
        for (int i = 0; i < Vectors.COMPONENTS.length(); i++) {
            int component = i;
            double mean = vectors.stream().mapToDouble(v -> v[component]).average().orElseThrow();
            double variance =
                    vectors.stream()
                            .mapToDouble(v -> (v[component] - mean) * (v[component] - mean))
                            .average()
                            .orElseThrow();
            double deviation = Math.sqrt(variance);
            // a subset of four fifths lies a few standard errors of its size away
            assertThat(reference.mean()[i]).isCloseTo(mean, within(0.05 * deviation));
            assertThat(reference.covariance()[i][i] / variance).isCloseTo(1, within(0.1));
        }
    }

    @Test
    void quantilesOfRatesAndEntropiesAreThoseOfAllImages() {
        List<double[]> vectors = new Vectors(3).many(999);
        Reference reference = fit(vectors);
        double[] levels = reference.quantiles().levels();
        int median = Arrays.binarySearch(levels, 0.5);
        for (int layer = 0; layer < 2; layer++) {
            int rate = Vectors.COMPONENTS.codingRate(layer);
            double[] sorted = vectors.stream().mapToDouble(v -> v[rate]).sorted().toArray();
            assertThat(reference.codingRates(median)[layer]).isCloseTo(sorted[499], within(1e-9));
        }
        assertThat(reference.entropies(0)).hasSize(2);
        assertThat(IntStream.range(1, levels.length))
                .allMatch(i -> reference.codingRates(i - 1)[1] <= reference.codingRates(i)[1]);
    }

    @Test
    void theSameSeedGivesTheSameReference() {
        List<double[]> vectors = new Vectors(4).many(300);
        assertThat(fit(vectors)).usingRecursiveComparison().isEqualTo(fit(vectors));
    }

    @Test
    void unitsAndOriginsOfTheComponentsMakeNoDifference() {
        List<double[]> vectors = new Vectors(5).many(400);
        UnaryOperator<double[]> change =
                v -> {
                    double[] other = v.clone();
                    for (int i = 0; i < v.length; i++) {
                        other[i] = 1e3 + (i % 2 == 0 ? -20 : 300) * v[i];
                    }
                    return other;
                };
        assertThat(fit(each(vectors, change)).distances())
                .containsExactly(fit(vectors).distances(), within(1e-6));
    }

    @Test
    void theOrderOfTheComponentsMakesNoDifference() {
        List<double[]> vectors = new Vectors(6).many(400);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, Vectors.COMPONENTS.length()).boxed().toList());
        Collections.shuffle(order, new Random(1));
        UnaryOperator<double[]> permuted = v -> order.stream().mapToDouble(i -> v[i]).toArray();
        assertThat(fit(each(vectors, permuted)).distances())
                .containsExactly(fit(vectors).distances(), within(1e-8));
    }

    @Test
    void mixingTheComponentsMakesNoDifferenceWhereImagesAbound() {
        List<double[]> vectors = new Vectors(7).many(50_000);
        UnaryOperator<double[]> mixed =
                v -> {
                    double[] other = v.clone();
                    for (int i = 1; i < v.length; i++) {
                        other[i] += 0.3 * v[i - 1];
                    }
                    return other;
                };
        double[] expected = fit(vectors).distances();
        double[] found = fit(each(vectors, mixed)).distances();
        for (int i = 0; i < expected.length; i += 500) {
            assertThat(found[i] / expected[i]).isCloseTo(1, within(0.01));
        }
    }

    @Test
    void aComponentThatNeverChangesCanStillBeOff() {
        List<double[]> vectors =
                each(
                        new Vectors(8).many(500),
                        v -> {
                            double[] dead = v.clone();
                            dead[3] = 0;
                            return dead;
                        });
        Typicality typicality = new Typicality(fit(vectors));
        double[] usual = typicality.reference().mean().clone();
        assertThat(typicality.of(usual)).isGreaterThan(0.9);
        usual[3] = 0.1;
        assertThat(typicality.of(usual)).isLessThan(0.02);
    }

    @Test
    void fewImagesOfManyComponentsAreShrunkUntilTheyMakeSense() {
        LayerVector wide = new LayerVector(10, 8);
        Random random = new Random(9);
        List<double[]> vectors =
                IntStream.range(0, Fit.LEAST_IMAGES)
                        .mapToObj(i -> random.doubles(wide.length()).toArray())
                        .toList();
        Reference reference = Fit.of(Vectors.ORIGIN, wide, vectors, 1);
        assertThat(Arrays.stream(reference.distances())).allMatch(Double::isFinite);
    }

    @Test
    void tooFewImagesAreRefused() {
        assertThatThrownBy(() -> fit(new Vectors(1).many(Fit.LEAST_IMAGES - 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("50 images, not 49");
    }
}
