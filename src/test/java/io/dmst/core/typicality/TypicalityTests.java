package io.dmst.core.typicality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.hipparchus.distribution.continuous.UniformRealDistribution;
import org.hipparchus.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

class TypicalityTests {

    private final Typicality typicality = new Typicality(Vectors.reference(20_000));

    private double[] typicalities(List<double[]> vectors) {
        return vectors.stream().mapToDouble(typicality::of).toArray();
    }

    @Test
    void ofImagesOfTheReferencesKindItIsUniform() {
        double[] found = typicalities(new Vectors(99).many(2_000));
        double p =
                new KolmogorovSmirnovTest()
                        .kolmogorovSmirnovTest(new UniformRealDistribution(0, 1), found);
        assertThat(p).isGreaterThan(0.01);
        assertThat(Arrays.stream(found).filter(t -> t <= 0.05).count() / 2_000.0)
                .isCloseTo(0.05, within(0.02));
    }

    @Test
    void itIsAShareOfTheImagesHeldOut() {
        double least = 1.0 / (typicality.reference().distances().length + 1);
        assertThat(typicality.of(typicality.reference().mean())).isEqualTo(1);
        for (double t : typicalities(new Vectors(5).many(1_000))) {
            assertThat(t).isBetween(least, 1.0);
        }
    }

    @Test
    void lowAndHighRatesAreUnusualAlike() {
        double[] mean = typicality.reference().mean();
        for (int component = 0; component < mean.length; component++) {
            double deviation = Math.sqrt(typicality.reference().covariance()[component][component]);
            for (int side : new int[] {-1, 1}) {
                double before = 1.1;
                for (double distance : new double[] {0, 2, 4, 30}) {
                    double[] vector = mean.clone();
                    vector[component] += side * distance * deviation;
                    double found = typicality.of(vector);
                    assertThat(found).isLessThan(before);
                    before = found;
                }
                assertThat(before).isLessThan(0.001);
            }
        }
    }

    @Test
    void whatIsNoNumberIsAsUnusualAsCanBe() {
        double[] vector = typicality.reference().mean().clone();
        double least = 1.0 / (typicality.reference().distances().length + 1);
        for (double odd : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e300}) {
            vector[2] = odd;
            assertThat(typicality.of(vector)).isEqualTo(least);
        }
    }

    @Test
    void aVectorNamesItsComponentsAndRefusesOtherLayers() {
        LayerVector components = Vectors.COMPONENTS;
        float[] two = {1, 2};
        double[] vector = components.of(two, new float[] {3, 4}, new float[2][3]);
        assertThat(vector).hasSize(8).startsWith(1, 3).endsWith(0);
        assertThat(vector[components.codingRate(1)]).isEqualTo(2);
        assertThat(vector[components.entropy(1)]).isEqualTo(4);
        assertThat(components.name(components.entropy(1)))
                .isEqualTo("membership entropy of layer 1");
        assertThat(components.name(7)).isEqualTo("usage of group 1 in layer 1");
        assertThatThrownBy(() -> components.of(two, new float[1], new float[2][3]))
                .hasMessageContaining("expected 2 layers");
        assertThatThrownBy(() -> components.of(two, two, new float[2][4]))
                .hasMessageContaining("expected 3 groups, got 4");
    }
}
