package io.dmst.bench;

import io.dmst.checkpoint.ModelCard;
import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.checkpoint.Tensor;
import io.dmst.image.PngEncoder;
import io.dmst.image.RgbImage;
import io.dmst.model.Network;
import io.dmst.model.ParameterSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that says the same of every image, to be served by the engine that does not even compute
 * it, so that what is left of a request is the server: one block of four channels, all zeros, over
 * the four tokens of 8×8 pixels.
 */
final class IdentityModel {

    private static final int SIDE = 8;

    private IdentityModel() {}

    /** Writes it as a model directory like any other. */
    static void write(Path directory) throws IOException {
        ModelConfig config =
                ModelConfig.of(
                        Map.of(
                                "name", "identity",
                                "image_size", SIDE,
                                "patch_size", 4,
                                "embed_dim", 4,
                                "depth", 1,
                                "num_heads", 1,
                                "mlp_ratio", 1,
                                "cls_attn_layers", 1,
                                "num_classes", 2));
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : new Network(config).parameters()) {
            float[] values = new float[spec.size()];
            boolean scale =
                    spec.init() == ParameterSpec.Init.ONES
                            || spec.init() == ParameterSpec.Init.RUNNING_VARIANCE;
            Arrays.fill(values, scale ? 1 : 0);
            int[] shape = spec.shape().stream().mapToInt(Integer::intValue).toArray();
            weights.put(spec.name(), Tensor.of(values, shape));
        }
        ModelDirectory.write(
                directory, config, weights, List.of("no", "yes"), new ModelCard(Map.of(), ""));
    }

    /** An image of just its size. */
    static Photographs photographs() {
        byte[] grey = new byte[SIDE * SIDE * 3];
        Arrays.fill(grey, (byte) 127);
        return new Photographs(List.of(PngEncoder.encode(new RgbImage(SIDE, SIDE, grey))));
    }
}
