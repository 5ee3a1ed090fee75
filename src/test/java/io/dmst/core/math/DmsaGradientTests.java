package io.dmst.core.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the golden file leaves out: biases, thresholds, mask and rotations. */
class DmsaGradientTests {

    private static final int d = 12;

    static Stream<DmsaSpecificationTests.Case> cases() {
        return DmsaSpecificationTests.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreTheSlopesOfTheOutput(DmsaSpecificationTests.Case c) {
        Samples samples = c.samples();
        int height = c.N() == 207 ? 9 : 1;
        RotaryEncoding none = RotaryEncoding.none();
        RotaryEncoding grid = RotaryEncoding.of(height, c.N() / height, d);
        DmsaSpecification plain = DmsaSpecificationTests.operator(samples, c.selection(samples));
        assertGradients(samples, c.N(), plain);
        assertGradients(samples, c.N(), rotated(plain, grid, none));
        assertGradients(samples, c.N(), rotated(plain, none, grid));
    }

    private static DmsaSpecification rotated(
            DmsaSpecification op, RotaryEncoding membership, RotaryEncoding projection) {
        return new DmsaSpecification(
                op.S(), op.Pi(), op.O(), op.selection(), membership, projection);
    }

    private static void assertGradients(Samples samples, int N, DmsaSpecification op) {
        Matrix X = samples.normal(N, d, 1);
        Matrix cotangent = samples.normal(N, d, 1 / Math.sqrt(N));
        Function<DmsaSpecification, Double> value =
                o -> Samples.inner(o.forward(X).output(), cotangent);
        DmsaSpecification.Gradients g = op.gradients(X, cotangent);
        Linear S = op.S();
        Linear Pi = op.Pi();
        Linear O = op.O();

        samples.assertGradient(
                "X", at -> Samples.inner(op.forward(at).output(), cotangent), X, g.X());
        assertLinear(samples, "S", layer -> value.apply(with(op, layer, Pi, O)), S, g.S());
        assertLinear(samples, "Pi", layer -> value.apply(with(op, S, layer, O)), Pi, g.Pi());
        assertLinear(samples, "O", layer -> value.apply(with(op, S, Pi, layer)), O, g.O());
        assertSelection(samples, s -> value.apply(with(op, s)), op.selection(), g);
    }

    private static void assertLinear(
            Samples samples, String what, Function<Linear, Double> f, Linear at, Linear gradient) {
        samples.assertGradient(
                what + " weight",
                weight -> f.apply(new Linear(weight, at.bias())),
                at.weight(),
                gradient.weight());
        samples.assertGradient(
                what + " bias",
                bias -> f.apply(new Linear(at.weight(), bias)),
                at.bias(),
                gradient.bias());
    }

    private static void assertSelection(
            Samples samples,
            Function<Selection, Double> f,
            Selection at,
            DmsaSpecification.Gradients g) {
        switch (at) {
            case Selection.Fixed _ -> {
                assertThat(Samples.largest(g.theta())).isZero();
                assertThat(Samples.largest(g.mask())).isZero();
            }
            case Selection.Moment(Matrix theta) ->
                    samples.assertGradient(
                            "theta", t -> f.apply(new Selection.Moment(t)), theta, g.theta());
            case Selection.Mask(Matrix M, Matrix theta) -> {
                samples.assertGradient(
                        "theta", t -> f.apply(new Selection.Mask(M, t)), theta, g.theta());
                samples.assertGradient(
                        "mask", mask -> f.apply(new Selection.Mask(mask, theta)), M, g.mask());
            }
        }
    }

    private static DmsaSpecification with(DmsaSpecification op, Linear S, Linear Pi, Linear O) {
        return new DmsaSpecification(
                S, Pi, O, op.selection(), op.membershipRotation(), op.projectionRotation());
    }

    private static DmsaSpecification with(DmsaSpecification op, Selection selection) {
        return new DmsaSpecification(
                op.S(),
                op.Pi(),
                op.O(),
                selection,
                op.membershipRotation(),
                op.projectionRotation());
    }
}
