package io.dmst.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.model.ParameterSpec.Init;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network's operators on live arrays against the float64 reference, values and gradients. */
class OperatorGradientTests {

    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @CsvSource({
        "small,tssa", "small,dmsa_none", "small,dmsa_moment", "small,dmsa_mask",
        "odd,tssa", "odd,dmsa_none", "odd,dmsa_moment", "odd,dmsa_mask",
        "wide,tssa", "wide,dmsa_none", "wide,dmsa_moment", "wide,dmsa_mask",
        "one,tssa", "one,dmsa_none", "one,dmsa_moment", "one,dmsa_mask"
    })
    void valuesAndGradientsMeetTheReference(String name, String operator) throws IOException {
        TensorMap golden =
                Safetensors.read(Path.of("src/test/resources/golden/operators-f64.safetensors"));
        Case reference = new Case(golden, name, operator);
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters parameters = reference.parameters(manager)) {
            NDArray x = manager.create(reference.in("X").toFloats(), shape(reference.in("X")));
            x.setRequiresGradient(true);
            Map<String, NDArray> found = new HashMap<>();
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray out = reference.run(manager, parameters, x, found);
                found.put("out", out);
                NDArray cotangent =
                        manager.create(reference.in("cotangent").toFloats(), out.getShape());
                collector.backward(out.mul(cotangent).sum());
            }
            found.put("grad_X", x.getGradient());
            found.put("grad_S", gradient(parameters, "qkv.weight"));
            found.put("grad_O", gradient(parameters, "to_out.0.weight"));
            if (!operator.equals("tssa")) {
                found.put("grad_Pi_weight", gradient(parameters, "membership.weight"));
            }
            found.forEach((output, value) -> reference.compare(output, value));
        }
    }

    private static NDArray gradient(DjlParameters parameters, String name) {
        return parameters.array(name).getGradient().transpose();
    }

    private static Shape shape(Tensor tensor) {
        return new Shape(tensor.dimensions());
    }

    private record Case(TensorMap golden, String name, String operator) {

        Tensor in(String input) {
            return golden.get(name + ".in." + input);
        }

        int groups() {
            return in("temp").shape().getFirst();
        }

        int channels() {
            return in("S").shape().getFirst();
        }

        ModelConfig config() {
            int tokens = in("X").shape().get(1);
            String[] parts = operator.split("_");
            return ModelConfig.of(
                    Map.of(
                            "image_size",
                            new int[] {4, 4 * tokens},
                            "patch_size",
                            4,
                            "embed_dim",
                            channels(),
                            "depth",
                            1,
                            "num_heads",
                            groups(),
                            "num_classes",
                            2,
                            "attention",
                            parts[0],
                            "sparsifier",
                            parts.length > 1 ? parts[1] : "none"));
        }

        DjlParameters parameters(NDManager manager) {
            int d = channels();
            int k = groups();
            DjlParameters parameters = new DjlParameters(manager);
            add(parameters, "qkv.weight", transposed(in("S").toFloats(), d, d), d, d);
            add(parameters, "qkv.bias", in("S_bias").toFloats(), d);
            add(parameters, "to_out.0.weight", transposed(in("O").toFloats(), d, d), d, d);
            add(parameters, "to_out.0.bias", in("O_bias").toFloats(), d);
            add(
                    parameters,
                    "membership.weight",
                    transposed(in("Pi_weight").toFloats(), d, k),
                    k,
                    d);
            add(parameters, "membership.bias", in("Pi_bias").toFloats(), k);
            add(parameters, "threshold", in("threshold").toFloats(), k);
            add(parameters, "mask", in("mask").toFloats(), k, d);
            add(parameters, "temp", in("temp").toFloats(), k, 1);
            return parameters;
        }

        private static void add(
                DjlParameters parameters, String name, float[] values, int... shape) {
            parameters
                    .add(ParameterSpec.of(name, Init.ZEROS, shape), values)
                    .setRequiresGradient(true);
        }

        private static float[] transposed(float[] values, int rows, int columns) {
            float[] out = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                out[i % columns * rows + i / columns] = values[i];
            }
            return out;
        }

        NDArray run(
                NDManager manager,
                DjlParameters parameters,
                NDArray x,
                Map<String, NDArray> probes) {
            DjlOps ops = new DjlOps(manager);
            Scope<NDArray> attn = new Scope<>(ops, parameters.in(manager), "");
            ModelConfig config = config();
            Trace<NDArray> trace = (probe, index, value) -> probes.put(probe.word(), value);
            LayerWatch<NDArray> layer = new LayerWatch<>(0, trace, Intervention.none());
            return operator.equals("tssa")
                    ? Tssa.attention(attn, config, x, layer)
                    : Dmsa.attention(attn, config, x, layer);
        }

        void compare(String output, NDArray found) {
            String key = name + "." + operator + "." + output;
            if (operator.equals("tssa") && !golden.contains(key)) {
                assertThat(output).isEqualTo("second_moment");
                return;
            }
            Tensor expected = golden.get(key);
            float[] values = found.toFloatArray();
            double[] reference = expected.toDoubles();
            double largest = Arrays.stream(reference).map(Math::abs).max().orElse(0);
            assertThat(values).as(key).hasSameSizeAs(reference);
            for (int i = 0; i < values.length; i++) {
                assertThat((double) values[i])
                        .as(key + "[" + i + "]")
                        .isCloseTo(
                                reference[i],
                                org.assertj.core.data.Offset.offset(
                                        Math.max(TOLERANCE * largest, 1e-6)));
            }
        }
    }
}
