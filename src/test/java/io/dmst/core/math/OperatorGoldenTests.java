package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values and gradients of an independent double implementation, 1e-9 of the largest value. */
class OperatorGoldenTests {

    private static final String GOLDEN = "/golden/operators-f64.safetensors";
    private static final double TOLERANCE = 1e-9;

    /**
     * Least scale of a tensor. Of one token the gradients of Π's layer vanish: terms of order one
     * cancel, and what the file holds (1e-16) is their rounding.
     */
    private static final double LEAST_SCALE = 1e-6;

    private static TensorMap golden;

    @BeforeAll
    static void readGolden() throws IOException {
        try (InputStream in = OperatorGoldenTests.class.getResourceAsStream(GOLDEN)) {
            golden = Safetensors.read(Objects.requireNonNull(in, GOLDEN).readAllBytes(), GOLDEN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "odd", "wide", "one"})
    void ratesAgree(String name) {
        Matrix Z = matrix(name + ".rate.tokens");
        Matrix Pi = matrix(name + ".rate.membership");
        double[] eps2 = golden.get(name + ".rate.eps2").toDoubles();
        Matrix whole = Matrix.filled(Pi.cols(), Z.cols(), 1);

        assertRate(name + ".rate.R", eps2, e -> CodingRate.rate(Z, e));
        assertRate(name + ".rate.Rc", eps2, e -> CodingRate.compression(Z, Pi, e));
        assertRate(
                name + ".rate.Rc_variational", eps2, e -> CodingRate.variational(Z, Pi, whole, e));
    }

    private static void assertRate(String key, double[] eps2, Function<Double, Double> rate) {
        double[] expected = golden.get(key).toDoubles();
        assertThat(expected).as(key).hasSameSizeAs(eps2);
        for (int i = 0; i < eps2.length; i++) {
            assertThat(rate.apply(eps2[i]))
                    .as("%s at eps2 = %s", key, eps2[i])
                    .isCloseTo(expected[i], within(TOLERANCE * expected[i]));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "odd", "wide", "one"})
    void tssaAgreesInValuesAndGradients(String name) {
        TssaSpecification op =
                new TssaSpecification(
                        layer(name, "S"), matrix(name + ".in.temp"), layer(name, "O"));
        List<GroupAttention> forward = images(name, "X").stream().map(op::forward).toList();
        List<TssaSpecification.Gradients> gradients = new ArrayList<>();
        for (int b = 0; b < forward.size(); b++) {
            gradients.add(op.gradients(images(name, "X").get(b), images(name, "cotangent").get(b)));
        }

        assertEach(name + ".tssa.out", forward, GroupAttention::output);
        assertEach(name + ".tssa.membership", forward, GroupAttention::membership);
        assertEach(name + ".tssa.grad_X", gradients, TssaSpecification.Gradients::X);
        assertSum(name + ".tssa.grad_S", gradients, g -> g.A().weight());
        assertSum(name + ".tssa.grad_O", gradients, g -> g.O().weight());
    }

    @ParameterizedTest
    @CsvSource({
        "small, none", "small, moment", "small, mask",
        "odd, none", "odd, moment", "odd, mask",
        "wide, none", "wide, moment", "wide, mask",
        "one, none", "one, moment", "one, mask"
    })
    void dmsaAgreesInValuesAndGradients(String name, String sparsifier) {
        DmsaSpecification op =
                new DmsaSpecification(
                        layer(name, "S"),
                        new Linear(matrix(name + ".in.Pi_weight"), matrix(name + ".in.Pi_bias")),
                        layer(name, "O"),
                        selection(name, sparsifier));
        List<GroupAttention> forward = images(name, "X").stream().map(op::forward).toList();
        List<DmsaSpecification.Gradients> gradients = new ArrayList<>();
        for (int b = 0; b < forward.size(); b++) {
            gradients.add(op.gradients(images(name, "X").get(b), images(name, "cotangent").get(b)));
        }

        String prefix = name + ".dmsa_" + sparsifier;
        assertEach(prefix + ".out", forward, GroupAttention::output);
        assertEach(prefix + ".membership", forward, GroupAttention::membership);
        assertEach(prefix + ".second_moment", forward, GroupAttention::secondMoments);
        assertEach(prefix + ".selection", forward, GroupAttention::selection);
        assertEach(prefix + ".grad_X", gradients, DmsaSpecification.Gradients::X);
        assertSum(prefix + ".grad_S", gradients, g -> g.S().weight());
        assertSum(prefix + ".grad_O", gradients, g -> g.O().weight());
        assertSum(prefix + ".grad_Pi_weight", gradients, g -> g.Pi().weight());
    }

    private static Selection selection(String name, String sparsifier) {
        Matrix M = matrix(name + ".in.mask");
        Matrix theta = matrix(name + ".in.threshold");
        return switch (sparsifier) {
            case "none" -> Selection.whole(M.rows(), M.cols());
            case "moment" -> new Selection.Moment(theta);
            case "mask" -> new Selection.Mask(M, theta);
            default -> throw new IllegalArgumentException(sparsifier);
        };
    }

    private static Linear layer(String name, String letter) {
        return new Linear(matrix(name + ".in." + letter), matrix(name + ".in." + letter + "_bias"));
    }

    /** A tensor of rank 1 (as one row) or 2. */
    private static Matrix matrix(String key) {
        Tensor tensor = golden.get(key);
        int rows = tensor.rank() == 1 ? 1 : tensor.shape().getFirst();
        return Matrix.of(rows, tensor.shape().getLast(), tensor.toDoubles());
    }

    private static List<Matrix> images(String name, String letter) {
        return slices(name + ".in." + letter);
    }

    /** A tensor of rank 3 by its first dimension, which counts images. */
    private static List<Matrix> slices(String key) {
        Tensor tensor = golden.get(key);
        assertThat(tensor.rank()).as("rank of %s", key).isEqualTo(3);
        int rows = tensor.shape().get(1);
        int cols = tensor.shape().get(2);
        double[] values = tensor.toDoubles();
        List<Matrix> slices = new ArrayList<>();
        for (int from = 0; from < values.length; from += rows * cols) {
            slices.add(Matrix.of(rows, cols, Arrays.copyOfRange(values, from, from + rows * cols)));
        }
        return slices;
    }

    private static <R> void assertEach(String key, List<R> results, Function<R, Matrix> part) {
        List<Matrix> expected = slices(key);
        assertThat(results).as(key).hasSameSizeAs(expected);
        for (int b = 0; b < results.size(); b++) {
            assertClose(key, part.apply(results.get(b)), expected.get(b));
        }
    }

    /** Weights are shared by the images of a batch. */
    private static <R> void assertSum(String key, List<R> gradients, Function<R, Matrix> part) {
        Matrix sum = gradients.stream().map(part).reduce(Matrix::plus).orElseThrow();
        assertClose(key, sum, matrix(key));
    }

    private static void assertClose(String key, Matrix actual, Matrix expected) {
        double scale = Math.max(Samples.largest(expected), LEAST_SCALE);
        Samples.assertClose(key, actual, expected, TOLERANCE, scale);
    }
}
