package io.dmst.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Features that the published code of a pretrained stem computes from the weights that are bundled,
 * for four photographs; {@code tools/convert_stem.py} has written them.
 *
 * @param network {@code lite0} or {@code lite2}
 * @param tensors of the golden file
 */
public record StemGolden(String network, TensorMap tensors) {

    /** As a share of a stage's deviation. */
    private static final double TOLERANCE = 1e-4;

    private static final List<String> PHOTOGRAPHS =
            List.of("chelsea", "coffee", "palace", "rocket");

    public static StemGolden read(String network) throws IOException {
        return new StemGolden(
                network,
                Safetensors.read(
                        Path.of(
                                "src/test/resources/golden/efficientnet-"
                                        + network
                                        + ".safetensors")));
    }

    /** A network whose features are those of the stages. */
    public ModelConfig config(List<Integer> stages) {
        return Variants.named("dmst-" + network + "-p16")
                .with(
                        Map.of(
                                "stem_stages",
                                stages,
                                "patch_size",
                                stages.getFirst() == 5 ? 16 : 32));
    }

    /** The bundled weights. */
    public TensorMap weights() throws IOException {
        String resource = "stems/efficientnet-" + network + ".safetensors";
        try (InputStream in = StemGolden.class.getClassLoader().getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            return Safetensors.read(in.readAllBytes(), resource);
        }
    }

    public List<String> photographs() {
        return PHOTOGRAPHS;
    }

    /** A photograph's pixels as a batch of one, {@code [1, H, W, 3]}. */
    public Tensor pixels(String photograph) {
        Tensor planes = tensors.get("pixels." + photograph);
        int side = planes.shape().get(1);
        byte[] values = new byte[side * side * 3];
        for (int channel = 0; channel < 3; channel++) {
            for (int place = 0; place < side * side; place++) {
                values[place * 3 + channel] = planes.bytes().get(channel * side * side + place);
            }
        }
        return Tensor.ofBytes(values, 1, side, side, 3);
    }

    /** Holds a feature {@code [C, h, w]} of a stage to the golden values. */
    public void check(String photograph, int stage, float... feature) {
        String prefix = "stored.stage" + stage + ".";
        double allowed = TOLERANCE * tensors.get(prefix + "deviation").toFloats()[0];
        if (tensors.contains(prefix + photograph)) {
            near(feature, tensors.get(prefix + photograph).toFloats(), allowed);
            return;
        }
        long[] positions = tensors.get("positions.stage" + stage).toLongs();
        float[] sample = new float[positions.length];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = feature[Math.toIntExact(positions[i])];
        }
        near(sample, tensors.get(prefix + photograph + ".sample").toFloats(), allowed);
        float[] means = tensors.get(prefix + photograph + ".mean").toFloats();
        float[] found = new float[means.length];
        int places = feature.length / means.length;
        for (int i = 0; i < feature.length; i++) {
            found[i / places] += feature[i] / places;
        }
        near(found, means, allowed);
    }

    private static void near(float[] found, float[] expected, double allowed) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(allowed));
        }
    }
}
