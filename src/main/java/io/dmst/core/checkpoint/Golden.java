package io.dmst.core.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The file of a model's directory that says what an engine must answer: images, and the outputs
 * that an independent engine computed for them.
 *
 * <p>It holds {@link #PIXELS} U8 {@code [n, H, W, 3]}, and of these images F32 {@code logits [n,
 * classes]} and, of a network with groups, {@code membership.LAYER [n, N, K]}; its metadata says of
 * which model, by {@link #DIGEST}.
 */
public final class Golden {

    /** Name of the file. */
    public static final String FILE = "golden.safetensors";

    /** Name of the images' tensor. */
    public static final String PIXELS = "pixels";

    /** Key of the metadata: {@link ModelDirectory#digest()} of the model. */
    public static final String DIGEST = "dmst.model.digest";

    /** Key of the metadata: what computed the outputs. */
    public static final String WRITER = "dmst.golden.writer";

    private static final int IMAGES = 3;

    private Golden() {}

    /**
     * Images that ask something of every layer, always the same: noise, waves of colour, and one
     * colour alone.
     *
     * @return U8 {@code [3, H, W, 3]}
     */
    public static Tensor pixels(ModelConfig config) {
        int height = config.imageSize().height();
        int width = config.imageSize().width();
        byte[] pixels = new byte[IMAGES * height * width * 3];
        new SplittableRandom(1).nextBytes(pixels);
        int at = height * width * 3;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    double angle = 9.0 * x / width + (5.0 + channel) * y / height + 2 * channel;
                    pixels[at++] = (byte) Math.round(127.5 + 127 * Math.sin(angle));
                }
            }
        }
        for (; at < pixels.length; at += 3) {
            pixels[at] = (byte) 200;
            pixels[at + 1] = 40;
            pixels[at + 2] = 90;
        }
        return Tensor.ofBytes(pixels, IMAGES, height, width, 3);
    }

    /**
     * Writes the file into a model's directory.
     *
     * @param model that lies there
     * @param outputs of the images, by name
     * @param writer what computed them
     * @throws IOException if it cannot be written
     */
    public static void write(
            Path directory,
            ModelDirectory model,
            Tensor pixels,
            Map<String, Tensor> outputs,
            String writer)
            throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>(outputs);
        tensors.put(PIXELS, pixels);
        Safetensors.write(
                directory.resolve(FILE), tensors, Map.of(DIGEST, model.digest(), WRITER, writer));
    }
}
