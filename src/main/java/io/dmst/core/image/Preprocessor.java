package io.dmst.core.image;

/**
 * From a picture of any size to the pixels that a network takes: the one preprocessing of training
 * and serving.
 *
 * <p>The result is the centre of the picture after scaling it, aspect kept, until it just covers
 * {@code target / cropFraction}: for a square target the shorter side becomes {@code side /
 * cropFraction}. Scaling and crop are one resampling ({@link Resize}) of the centred box of {@code
 * target / scale} source pixels. A picture that already has the target size passes through
 * untouched.
 *
 * @param height of the result, in pixels
 * @param width of the result, in pixels
 * @param cropFraction part of the scaled picture's fitting side that is kept, in (0, 1]
 */
public record Preprocessor(int height, int width, double cropFraction) {

    public Preprocessor {
        if (height < 1 || width < 1 || !(cropFraction > 0 && cropFraction <= 1)) {
            throw new IllegalArgumentException(
                    "expected positive sides and a crop fraction in (0, 1], got %d x %d and %s"
                            .formatted(height, width, cropFraction));
        }
    }

    /**
     * @return {@code height * width * 3} unsigned bytes, interleaved (HWC); the picture's own array
     *     where it is on the heap and passes through
     */
    public byte[] apply(PixelRows image) {
        if (image.height() == height && image.width() == width) {
            return image.image().rgb();
        }
        return Resize.bicubic(image, height, width, box(image)).rgb();
    }

    /**
     * The part of the picture that the network sees, with more (or fewer) pixels than it gets.
     *
     * @param longerSide of the result in pixels, at least 1; the other follows from the target's
     *     shape
     */
    public RgbImage view(PixelRows image, int longerSide) {
        int longer = Math.max(height, width);
        int high = Math.max(1, Math.round((float) longerSide * height / longer));
        int wide = Math.max(1, Math.round((float) longerSide * width / longer));
        return image.height() == height && image.width() == width
                ? Resize.bicubic(image, high, wide)
                : Resize.bicubic(image, high, wide, box(image));
    }

    private Resize.Box box(PixelRows image) {
        double scale =
                Math.max(
                        height / (cropFraction * image.height()),
                        width / (cropFraction * image.width()));
        double high = height / scale;
        double wide = width / scale;
        // rounding must not push an edge out of the picture
        float top = (float) Math.max((image.height() - high) / 2, 0);
        float left = (float) Math.max((image.width() - wide) / 2, 0);
        return new Resize.Box(
                left,
                top,
                Math.min((float) (left + wide), image.width()),
                Math.min((float) (top + high), image.height()));
    }
}
