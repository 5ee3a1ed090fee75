package io.dmst.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.math.ConvolutionSpecification;
import io.dmst.core.math.InvertedResidual;
import io.dmst.core.math.Matrix;
import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.StemGolden;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PretrainedStemTests {

    @ParameterizedTest
    @ValueSource(strings = {"lite0", "lite2"})
    void meetsThePublishedCode(String name) throws Exception {
        StemGolden golden = StemGolden.read(name);
        for (List<Integer> stages : List.of(List.of(5, 7), List.of(6))) {
            ModelConfig config = golden.config(stages);
            for (String photograph : golden.photographs()) {
                List<float[]> features =
                        features(config, golden.weights(), golden.pixels(photograph));
                for (int i = 0; i < stages.size(); i++) {
                    golden.check(photograph, stages.get(i), features.get(i));
                }
            }
        }
    }

    private static List<float[]> features(ModelConfig config, TensorMap weights, Tensor pixels) {
        Network network = new Network(config);
        Set<String> stem = network.stemParameters();
        List<ParameterSpec> specs =
                network.parameters().stream().filter(spec -> stem.contains(spec.name())).toList();
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters parameters = DjlParameters.load(manager, specs, weights)) {
            float[] values = new float[Math.toIntExact(pixels.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = pixels.bytes().get(i) & 0xff;
            }
            DjlOps ops = new DjlOps(manager);
            NDArray input =
                    network.normalise(ops, manager.create(values, new Shape(pixels.dimensions())));
            return network.features(ops, parameters.in(manager), input).stream()
                    .map(NDArray::toFloatArray)
                    .toList();
        }
    }

    /** Of Lite0: where the resolution is halved, and the last block of stages 5 and 7. */
    private static final Set<Integer> HALVING = Set.of(1, 3, 5, 11);

    private static final Set<Integer> WANTED = Set.of(10, 15);

    private static final int BLOCKS = 16;

    @Test
    void isTheSpecificationInDoubles() throws Exception {
        StemGolden golden = StemGolden.read("lite0");
        TensorMap weights = golden.weights();
        ModelConfig config = golden.config(List.of(5, 7)).with(Map.of("image_size", 32));
        byte[] pixels = new byte[32 * 32 * 3];
        new SplittableRandom(4).nextBytes(pixels);
        List<float[]> found = features(config, weights, Tensor.ofBytes(pixels, 1, 32, 32, 3));

        ConvolutionSpecification.Image x =
                new ConvolutionSpecification.Image(
                        Matrix.generate(
                                3, 1024, (c, i) -> ((pixels[i * 3 + c] & 0xff) - 127) / 128.0),
                        32,
                        32);
        List<ConvolutionSpecification.Image> expected = specification(weights, x);
        for (int i = 0; i < 2; i++) {
            double[] values = expected.get(i).channels().toArray();
            assertThat(found.get(i)).hasSize(values.length);
            for (int j = 0; j < values.length; j++) {
                assertThat((double) found.get(i)[j]).isCloseTo(values[j], within(2e-4));
            }
        }
    }

    private static List<ConvolutionSpecification.Image> specification(
            TensorMap weights, ConvolutionSpecification.Image image) {
        ConvolutionSpecification.Image x =
                convolution(weights, "stem.conv", 2, false).apply(image).relu6();
        List<ConvolutionSpecification.Image> wanted = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            String name = "stem.blocks." + block + ".";
            int stride = HALVING.contains(block) ? 2 : 1;
            ConvolutionSpecification project = convolution(weights, name + "project", 1, false);
            InvertedResidual residual =
                    new InvertedResidual(
                            weights.contains(name + "expand.weight")
                                    ? Optional.of(convolution(weights, name + "expand", 1, false))
                                    : Optional.empty(),
                            convolution(weights, name + "depthwise", stride, true),
                            project,
                            stride == 1 && project.weight().rows() == x.channels().rows());
            x = residual.apply(x);
            if (WANTED.contains(block)) {
                wanted.add(x);
            }
        }
        return wanted;
    }

    private static ConvolutionSpecification convolution(
            TensorMap weights, String name, int stride, boolean depthwise) {
        Tensor weight = weights.get(name + ".weight");
        int kernel = weight.shape().get(2);
        int out = weight.shape().get(0);
        int padding = kernel - stride;
        return new ConvolutionSpecification(
                Matrix.of(out, Math.toIntExact(weight.size() / out), weight.toDoubles()),
                Matrix.of(1, out, weights.get(name + ".bias").toDoubles()),
                new ConvolutionSpecification.Window(
                        kernel, stride, padding / 2, padding - padding / 2, depthwise));
    }
}
