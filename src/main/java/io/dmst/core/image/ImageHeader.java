package io.dmst.core.image;

import java.util.List;

/**
 * Facts about a file that are known before any pixel is decoded. An instance guarantees that the
 * limits hold and that the file is complete.
 *
 * @param width of the stored canvas in pixels, before orientation
 * @param height of the stored canvas in pixels, before orientation
 * @param parts the ranges of the file that a decoder needs, in order, without metadata
 */
record ImageHeader(int width, int height, Orientation orientation, List<Part> parts) {

    /** Bytes {@code start} to {@code end - 1} of the file. */
    record Part(int start, int end) {}

    ImageHeader {
        parts = List.copyOf(parts);
    }

    static ImageHeader read(ImageFormat format, Bytes file, ImageLimits limits) throws Refusal {
        return switch (format) {
            case JPEG -> new JpegWalk(file, limits).header();
            case PNG -> new PngWalk(file, limits).header();
            case GIF -> new GifWalk(file, limits).header();
            case BMP -> new BmpFile(file, limits).header();
            case WEBP -> new WebpWalk(file, limits).header();
        };
    }

    /** The parts joined into one file. */
    byte[] join(Bytes file) {
        int length = parts.stream().mapToInt(part -> part.end() - part.start()).sum();
        byte[] joined = new byte[length];
        int at = 0;
        for (Part part : parts) {
            file.copy(part.start(), part.end() - part.start(), joined, at);
            at += part.end() - part.start();
        }
        return joined;
    }
}
