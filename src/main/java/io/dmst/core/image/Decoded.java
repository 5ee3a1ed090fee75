package io.dmst.core.image;

/** The result of decoding a file: a picture, or the reason of its refusal. */
public sealed interface Decoded {
    /** The upright picture. */
    record Picture(RgbImage image, ImageFormat format) implements Decoded {}

    /**
     * No picture.
     *
     * @param detail the expectation, the finding and the remedy; safe to show to the client
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
