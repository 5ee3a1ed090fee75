package io.dmst.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.dmst.core.checkpoint.Centring;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.math.Linear;
import io.dmst.core.math.Matrix;
import io.dmst.core.math.MembershipPooling;
import io.dmst.core.model.ParameterSpec.Init;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The head on live arrays against the specification in doubles: values and gradients. */
class MembershipHeadTests {

    private static final int N = 12;
    private static final int K = 3;
    private static final int d = 10;
    private static final int CLASSES = 4;
    private static final double TOLERANCE = 1e-4;

    private static ModelConfig config(Centring centre) {
        return ModelConfig.of(
                Map.of(
                        "image_size",
                        List.of(12, 16),
                        "patch_size",
                        4,
                        "embed_dim",
                        d,
                        "depth",
                        1,
                        "num_heads",
                        K,
                        "num_classes",
                        CLASSES,
                        "head",
                        "membership",
                        "centre",
                        centre.name().toLowerCase(java.util.Locale.ROOT)));
    }

    /** What the head depends on, by name. */
    private record Values(Map<String, Matrix> byName) {

        static Values random(long seed) {
            Random random = new Random(seed);
            Map<String, Matrix> values = new HashMap<>();
            values.put("x", normal(random, N, d));
            Matrix scores = normal(random, N, K).map(Math::exp);
            Matrix sums = scores.times(Matrix.filled(K, 1, 1));
            values.put("Pi", Matrix.generate(N, K, (j, k) -> scores.at(j, k) / sums.at(j, 0)));
            values.put("norm.weight", normal(random, 1, d));
            values.put("norm.bias", normal(random, 1, d));
            values.put("head.weight", normal(random, CLASSES, K * d));
            values.put("head.bias", normal(random, 1, CLASSES));
            values.put("head.mean_map", normal(random, N, K).scaled(0.1));
            return new Values(values);
        }

        private static Matrix normal(Random random, int rows, int cols) {
            // floats, so that both sides compute with the same numbers
            return Matrix.generate(rows, cols, (i, j) -> (float) random.nextGaussian());
        }

        Matrix get(String name) {
            return java.util.Objects.requireNonNull(byName.get(name), name);
        }

        Values with(String name, Matrix value) {
            Map<String, Matrix> values = new HashMap<>(byName);
            values.put(name, value);
            return new Values(values);
        }

        Matrix logits(ModelConfig config) {
            Matrix x = get("x");
            Matrix ones = Matrix.filled(d, 1, 1.0 / d);
            Matrix mean = x.times(ones);
            Matrix variance = x.squared().times(ones).plus(mean.squared().scaled(-1));
            Matrix tokens =
                    Matrix.generate(
                            N,
                            d,
                            (j, i) ->
                                    (x.at(j, i) - mean.at(j, 0))
                                                    / Math.sqrt(
                                                            variance.at(j, 0)
                                                                    + config.layerNormEps())
                                                    * get("norm.weight").at(0, i)
                                            + get("norm.bias").at(0, i));
            Matrix Pi = get("Pi");
            Matrix D =
                    switch (config.centre()) {
                        case BOTH -> MembershipPooling.centred(Pi, get("head.mean_map"));
                        case PICTURE -> MembershipPooling.centred(Pi);
                        case NONE -> Pi;
                    };
            return new MembershipPooling(D, tokens)
                    .logits(new Linear(get("head.weight").transpose(), get("head.bias")));
        }
    }

    private static float[] floats(Matrix matrix) {
        double[] values = matrix.toArray();
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @ParameterizedTest
    @EnumSource(Centring.class)
    void valuesAndGradientsMeetTheSpecification(Centring centre) {
        ModelConfig config = config(centre);
        Values values = Values.random(centre.ordinal());
        Matrix cotangent = Values.normal(new Random(9), 1, CLASSES);
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters parameters = parameters(manager, values)) {
            NDArray x = manager.create(floats(values.get("x")), new Shape(1, N, d));
            NDArray Pi = manager.create(floats(values.get("Pi")), new Shape(1, N, K));
            x.setRequiresGradient(true);
            Pi.setRequiresGradient(true);
            NDArray logits;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                logits = logits(manager, parameters, config, x, Pi);
                NDArray weights = manager.create(floats(cotangent), logits.getShape());
                collector.backward(logits.mul(weights).sum());
            }
            close("logits", logits, values.logits(config));
            close("x", x.getGradient(), gradient(config, values, "x", cotangent));
            close("Pi", Pi.getGradient(), gradient(config, values, "Pi", cotangent));
            for (String name : List.of("norm.weight", "norm.bias", "head.weight", "head.bias")) {
                NDArray found = parameters.array(name).getGradient();
                close(name, found, gradient(config, values, name, cotangent));
            }
        }
    }

    private static NDArray logits(
            NDManager manager,
            DjlParameters parameters,
            ModelConfig config,
            NDArray x,
            NDArray Pi) {
        Scope<NDArray> root = new Scope<>(new DjlOps(manager), parameters.in(manager), "");
        LayerWatch<NDArray> watch = new LayerWatch<>(0, Trace.none(), Intervention.none());
        return MembershipHead.logits(root, config, x, Pi, watch);
    }

    private static DjlParameters parameters(NDManager manager, Values values) {
        DjlParameters parameters = new DjlParameters(manager);
        add(parameters, values, "norm.weight", d).setRequiresGradient(true);
        add(parameters, values, "norm.bias", d).setRequiresGradient(true);
        add(parameters, values, "head.weight", CLASSES, K * d).setRequiresGradient(true);
        add(parameters, values, "head.bias", CLASSES).setRequiresGradient(true);
        add(parameters, values, "head.mean_map", N, K);
        return parameters;
    }

    private static NDArray add(DjlParameters parameters, Values values, String name, int... shape) {
        return parameters.add(ParameterSpec.of(name, Init.ZEROS, shape), floats(values.get(name)));
    }

    /** By central differences in doubles, extrapolated to the fourth order. */
    private static Matrix gradient(
            ModelConfig config, Values values, String name, Matrix cotangent) {
        ToDoubleFunction<Matrix> loss =
                at -> {
                    double sum = 0;
                    Matrix logits = values.with(name, at).logits(config);
                    for (int c = 0; c < CLASSES; c++) {
                        sum += logits.at(0, c) * cotangent.at(0, c);
                    }
                    return sum;
                };
        Matrix at = values.get(name);
        return Matrix.generate(
                at.rows(),
                at.cols(),
                (i, j) -> (4 * slope(loss, at, i, j, 1e-4) - slope(loss, at, i, j, 2e-4)) / 3);
    }

    private static double slope(
            ToDoubleFunction<Matrix> loss, Matrix at, int row, int column, double step) {
        return (loss.applyAsDouble(moved(at, row, column, step))
                        - loss.applyAsDouble(moved(at, row, column, -step)))
                / (2 * step);
    }

    private static Matrix moved(Matrix at, int row, int column, double step) {
        return Matrix.generate(
                at.rows(), at.cols(), (i, j) -> at.at(i, j) + (i == row && j == column ? step : 0));
    }

    private static void close(String what, NDArray found, Matrix expected) {
        float[] values = found.toFloatArray();
        double[] reference = expected.toArray();
        double largest = 0;
        for (double value : reference) {
            largest = Math.max(largest, Math.abs(value));
        }
        // a centred head has no slope by the bias of its tokens
        double tolerance = Math.max(TOLERANCE * largest, 1e-5);
        assertThat(values).as(what).hasSameSizeAs(reference);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i])
                    .as(what + "[" + i + "]")
                    .isCloseTo(reference[i], within(tolerance));
        }
    }
}
