package io.dmst.core.image;

/**
 * Bounds on a file, checked against its headers before any pixel is decoded.
 *
 * @param maxBytes longest file, in bytes
 * @param maxPixels largest {@code height * width} (of the whole canvas where the format has one)
 * @param maxSideRatio largest quotient of the longer by the shorter side
 */
public record ImageLimits(int maxBytes, int maxPixels, int maxSideRatio) {
    public static final int DEFAULT_MAX_BYTES = 20 << 20;
    public static final int DEFAULT_MAX_PIXELS = 25_000_000;
    public static final int DEFAULT_MAX_SIDE_RATIO = 100;

    /** Beyond this a picture does not fit into one array. */
    private static final int ADDRESSABLE_PIXELS = (Integer.MAX_VALUE - 8) / RgbImage.CHANNELS;

    public ImageLimits {
        if (maxBytes < 1 || maxPixels < 1 || maxSideRatio < 1 || maxPixels > ADDRESSABLE_PIXELS) {
            throw new IllegalArgumentException(
                    "image limits must be positive and maxPixels at most %d, got bytes %d, pixels %d, side ratio %d"
                            .formatted(ADDRESSABLE_PIXELS, maxBytes, maxPixels, maxSideRatio));
        }
    }

    public static ImageLimits defaults() {
        return new ImageLimits(DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, DEFAULT_MAX_SIDE_RATIO);
    }

    void checkLength(long bytes) throws Refusal {
        if (bytes > maxBytes) {
            throw Refusal.tooLarge(
                    "expected at most %d bytes, got %d; send a smaller file"
                            .formatted(maxBytes, bytes));
        }
    }

    void checkSides(long width, long height) throws Refusal {
        if (width < 1 || height < 1) {
            throw Refusal.invalid(
                    "the header says %d x %d pixels; both sides must be positive"
                            .formatted(width, height));
        }
        // sides of up to 2^32 each: the product of two such longs could wrap
        if (width > maxPixels || height > maxPixels || width * height > maxPixels) {
            throw Refusal.tooLarge(
                    "expected at most %d pixels, the header says %d x %d; send a smaller picture"
                            .formatted(maxPixels, width, height));
        }
        if (Math.max(width, height) > Math.min(width, height) * maxSideRatio) {
            throw Refusal.tooLarge(
                    "expected sides within %d:1, the header says %d x %d; crop the picture"
                            .formatted(maxSideRatio, width, height));
        }
    }
}
