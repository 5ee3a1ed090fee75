package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.ParameterSpec.Init;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlParameters;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdamWTests {

    private static final ParameterSpec WEIGHT =
            new ParameterSpec("weight", Init.TRUNCATED_NORMAL, List.of(2));
    private static final ParameterSpec BIAS = new ParameterSpec("bias", Init.ZEROS, List.of(1));

    @Test
    void stepsAsThePaperSays() {
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters parameters = new DjlParameters(manager)) {
            parameters.add(WEIGHT, new float[] {1, -2}).setRequiresGradient(true);
            parameters.add(BIAS, new float[] {3}).setRequiresGradient(true);
            double[] expected = {1, -2, 3};
            double[] first = new double[3];
            double[] second = new double[3];
            try (AdamW adam = adam(manager, parameters, 1)) {
                for (int step = 1; step <= 5; step++) {
                    double norm = step(manager, parameters, adam, step);
                    double reference = reference(expected, first, second, step);
                    assertThat(norm).isCloseTo(reference, within(1e-4));
                }
            }
            assertThat(parameters.array("weight").toFloatArray()[0])
                    .isCloseTo((float) expected[0], within(1e-5f));
            assertThat(parameters.array("weight").toFloatArray()[1])
                    .isCloseTo((float) expected[1], within(1e-5f));
            assertThat(parameters.array("bias").toFloatArray()[0])
                    .isCloseTo((float) expected[2], within(1e-5f));
        }
    }

    @Test
    void aGradientThatIsNotFiniteLeavesTheWeights() {
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters parameters = new DjlParameters(manager)) {
            parameters.add(WEIGHT, new float[] {3e38f, -2}).setRequiresGradient(true);
            parameters.add(BIAS, new float[] {3}).setRequiresGradient(true);
            try (AdamW adam = adam(manager, parameters, 1)) {
                assertThat(step(manager, parameters, adam, 1)).isNotFinite();
            }
            assertThat(parameters.array("weight").toFloatArray()).containsExactly(3e38f, -2);
            assertThat(parameters.array("bias").toFloatArray()).containsExactly(3);
        }
    }

    private static AdamW adam(NDManager manager, DjlParameters parameters, double biasRate) {
        AdamW adam =
                new AdamW(
                        manager, new Optimisation(0.01, LearningRateDecay.COSINE, 0, 0.1, 1, 0.9));
        adam.add(WEIGHT, parameters.array("weight"), 1);
        adam.add(BIAS, parameters.array("bias"), biasRate);
        return adam;
    }

    @Test
    void aParameterWithARateOfItsOwnGoesAsMuchLess() {
        float[] moved = new float[2];
        for (int i = 0; i < 2; i++) {
            try (NDManager manager = DjlEngines.newManager(Device.cpu());
                    DjlParameters parameters = new DjlParameters(manager)) {
                parameters.add(WEIGHT, new float[] {1, -2}).setRequiresGradient(true);
                parameters.add(BIAS, new float[] {3}).setRequiresGradient(true);
                try (AdamW adam = adam(manager, parameters, i == 0 ? 1 : 0.1)) {
                    step(manager, parameters, adam, 1);
                }
                moved[i] = 3 - parameters.array("bias").toFloatArray()[0];
            }
        }
        assertThat(moved[1]).isCloseTo(moved[0] / 10, within(1e-6f));
    }

    /** A step on the loss {@code ½ Σ w²·(1, 2) + ½ b²·3}, whose gradient is known. */
    private static double step(NDManager manager, DjlParameters parameters, AdamW adam, int step) {
        try (NDManager scratch = manager.newSubManager()) {
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray w = parameters.in(scratch).get(WEIGHT);
                NDArray b = parameters.in(scratch).get(BIAS);
                NDArray curvature = scratch.create(new float[] {1, 2});
                NDArray loss =
                        curvature.mul(w).mul(w).sum().add(b.square().sum().mul(3f)).mul(0.5f);
                collector.backward(loss);
            }
            return adam.step(0.01, step);
        }
    }

    private static double reference(double[] p, double[] first, double[] second, int step) {
        double[] g = {p[0], 2 * p[1], 3 * p[2]};
        double norm = Math.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
        for (int i = 0; i < 3; i++) {
            double clipped = g[i] * Math.min(1, 1 / norm);
            first[i] = 0.9 * first[i] + 0.1 * clipped;
            second[i] = 0.999 * second[i] + 0.001 * clipped * clipped;
            double m = first[i] / (1 - Math.pow(0.9, step));
            double v = second[i] / (1 - Math.pow(0.999, step));
            double decay = i < 2 ? 0.01 * 0.1 : 0;
            p[i] = p[i] * (1 - decay) - 0.01 * m / (Math.sqrt(v) + 1e-8);
        }
        return norm;
    }
}
