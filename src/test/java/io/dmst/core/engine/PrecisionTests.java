package io.dmst.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import io.dmst.core.image.Preprocessor;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.core.onnx.Precision;
import io.dmst.serve.predict.ServedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The graph for GPUs, on the CPU: the same roundings of weights and operands, slower products. */
class PrecisionTests {

    /**
     * Operands and weights are rounded to 11 bits: 2⁻¹² of each product, which add up like random
     * numbers over the layers. What is allowed is ten times that, of the largest score.
     */
    private static final double ROUNDING = 10 * Math.pow(2, -12);

    private final ModelDirectory model = ModelDirectory.bundled("dmst-cifar10");

    private byte[] graph(Precision precision) {
        return OnnxExport.of(model, precision).classify();
    }

    private List<byte[]> images() throws Exception {
        ServedModel served = ServedModel.of(model);
        Preprocessor preprocessor =
                new Preprocessor(served.imageHeight(), served.imageWidth(), served.cropFraction());
        ImageDecoder decoder = new ImageDecoder();
        List<byte[]> pixels = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "resources", "image"))) {
            for (Path file : files.filter(f -> f.toString().matches(".*\\.(jpg|png)")).toList()) {
                if (decoder.decode(Files.readAllBytes(file)) instanceof Decoded.Picture picture) {
                    pixels.add(preprocessor.apply(picture.image()));
                }
            }
        }
        return pixels;
    }

    @Test
    void halfTheWeightsClassifyTheSame() throws Exception {
        List<byte[]> images = images();
        assertThat(images).hasSizeGreaterThan(10);
        try (Engine full = OnnxEngine.ofGraph(graph(Precision.FP32), 1, Device.CPU.cuda());
                Engine half = OnnxEngine.ofGraph(graph(Precision.FP16), 1, Device.CPU.cuda())) {
            for (byte[] image : images) {
                float[] expected = logits(full, image);
                float[] actual = logits(half, image);
                double scale = 0;
                double worst = 0;
                for (int i = 0; i < expected.length; i++) {
                    scale = Math.max(scale, Math.abs(expected[i]));
                    worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
                }
                assertThat(worst).isPositive().isLessThan(ROUNDING * scale);
                assertThat(top(actual)).isEqualTo(top(expected));
            }
        }
    }

    @Test
    void itIsTheLargeWeightsThatAreHalved() {
        // the stem stays as it is, and is a third of a model for small pictures
        assertThat((double) graph(Precision.FP16).length / graph(Precision.FP32).length)
                .isBetween(0.5, 0.75);
        assertThat(graph(Precision.FP32)).isEqualTo(OnnxExport.of(model).classify());
    }

    private static float[] logits(Engine engine, byte[] image) {
        Map<String, ProbeValues> outputs = engine.run(List.of(image), Set.of()).getFirst();
        return Objects.requireNonNull(outputs.get(Engine.LOGITS)).values();
    }

    private static int top(float[] scores) {
        int top = 0;
        for (int i = 1; i < scores.length; i++) {
            top = scores[i] > scores[top] ? i : top;
        }
        return top;
    }
}
