package io.dmst.image;

/** What became of a file: a picture, or the reason why there is none. */
public sealed interface Decoded {
    /** The upright picture. */
    record Picture(RgbImage image, ImageFormat format) implements Decoded {}

    /**
     * No picture.
     *
     * @param detail what was expected, what came and what to do; safe to show to whoever sent the
     *     file
     */
    record Refused(Reason reason, String detail) implements Decoded {}

    /** Why a file is refused. */
    enum Reason {
        /** The file is of a supported format but broken, truncated or empty. */
        INVALID,
        /** The file is of another format, or of a variant that is not decoded. */
        UNSUPPORTED,
        /** The file is over one of {@link ImageLimits}. */
        TOO_LARGE
    }
}
