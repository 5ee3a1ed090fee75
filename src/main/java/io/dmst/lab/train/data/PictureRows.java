package io.dmst.lab.train.data;

import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.RgbImage;
import io.dmst.lab.train.augment.AugmentOptions;
import io.dmst.lab.train.augment.Augmentation;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Pixels {@code [H, W, 3]} of an image set, 0 to 255: changed at random for training, or as the
 * service sees them for evaluation. Thread-safe.
 */
public final class PictureRows implements RowSource {

    private final ImageSet images;
    private final Preprocessor preprocessor;
    private final Augmentation augmentation;

    private PictureRows(ImageSet images, Preprocessor preprocessor, AugmentOptions options) {
        this.images = images;
        this.preprocessor = preprocessor;
        this.augmentation = new Augmentation(options, preprocessor);
    }

    /** Randomly changed images. */
    public static PictureRows training(
            ImageSet images, Preprocessor preprocessor, AugmentOptions options) {
        return new PictureRows(images, preprocessor, options);
    }

    /** Images as the service sees them. */
    public static PictureRows evaluation(ImageSet images, Preprocessor preprocessor) {
        return new PictureRows(images, preprocessor, AugmentOptions.NONE);
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public int label(int image) {
        return images.label(image);
    }

    @Override
    public List<int[]> shapes() {
        return List.of(new int[] {preprocessor.height(), preprocessor.width(), 3});
    }

    @Override
    public void write(int image, List<float[]> inputs, int row, RandomGenerator random)
            throws IOException {
        RgbImage picture = images.picture(image);
        byte[] rgb = augmentation.apply(picture, random);
        float[] pixels = inputs.getFirst();
        int at = row * rgb.length;
        for (int i = 0; i < rgb.length; i++) {
            pixels[at + i] = rgb[i] & 0xff;
        }
    }
}
