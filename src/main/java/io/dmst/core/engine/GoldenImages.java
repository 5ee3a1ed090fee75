package io.dmst.core.engine;

import io.dmst.core.checkpoint.Golden;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images to check an engine with.
 *
 * @param pixels {@code [height][width][3]} each, at least one
 * @param expected F32 outputs {@code [images, …]} by name, where they are known
 */
public record GoldenImages(List<byte[]> pixels, Map<String, Tensor> expected) {

    private static final Logger log = LoggerFactory.getLogger(GoldenImages.class);

    public GoldenImages {
        pixels = List.copyOf(pixels);
        expected = Map.copyOf(expected);
    }

    /** A model's own, or images without outputs if it has none. */
    public static GoldenImages of(ModelDirectory model) {
        TensorMap golden = model.golden().orElse(null);
        if (golden == null) {
            log.warn(
                    "model {} has no {}: its outputs are only checked to be sound, not to be right;"
                            + " \"dmst golden\" writes that file",
                    model.config().name(),
                    Golden.FILE);
        } else if (!model.digest().equals(golden.metadata().get(Golden.DIGEST))) {
            log.warn(
                    "{} was written for {}, not for this model, and is ignored; \"dmst golden\""
                            + " writes it anew",
                    golden.source(),
                    golden.metadata().get(Golden.DIGEST));
        } else {
            return of(golden);
        }
        return new GoldenImages(images(Golden.pixels(model.config())), Map.of());
    }

    private static GoldenImages of(TensorMap golden) {
        Map<String, Tensor> expected = new TreeMap<>(golden.tensors());
        expected.remove(Golden.PIXELS);
        return new GoldenImages(images(golden.get(Golden.PIXELS)), expected);
    }

    private static List<byte[]> images(Tensor tensor) {
        ByteBuffer bytes = tensor.bytes();
        int images = tensor.shape().getFirst();
        List<byte[]> split = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            byte[] image = new byte[Math.toIntExact(tensor.size() / images)];
            bytes.get(image);
            split.add(image);
        }
        return split;
    }

    /** What an output of an image must be; nothing if that is not known. */
    float[] expected(String output, int image) {
        Tensor all = expected.get(output);
        if (all == null) {
            return new float[0];
        }
        int size = Math.toIntExact(all.size() / pixels.size());
        return Arrays.copyOfRange(all.toFloats(), image * size, (image + 1) * size);
    }
}
