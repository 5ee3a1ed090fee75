package io.dmst.core.image;

import io.dmst.core.image.DecodeMemory.Lease;
import io.dmst.core.image.Decoded.Picture;
import io.dmst.core.image.Decoded.Refused;
import java.lang.foreign.MemorySegment;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Decodes a JPEG, PNG, GIF (first frame), BMP or WebP (first frame) file to an upright RGB picture,
 * or refuses it with a reason.
 *
 * <p>Limits are checked and completeness is seen from the file's structure before any pixel is
 * decoded. Grey and CMYK become RGB, 16 bits per channel are cut to the upper 8, transparency is
 * laid on white, the orientation of EXIF or else of XMP is applied, colour profiles are ignored:
 * the pixels are those of Pillow's {@code exif_transpose} and {@code convert("RGB")}, except CMYK
 * (within two levels). Pixels of a GIF screen outside of its first frame are white.
 *
 * <p>Thread-safe. Concurrent decodes share the configured memory; a decode that exceeds the rest
 * waits in order of arrival. Small pictures are not counted and do not wait. An {@link
 * OutOfMemoryError} is propagated: it is never reported as a damaged file.
 */
public final class ImageDecoder {
    /** Holds two pictures of the default limits, or about fifty of 1 megapixel. */
    public static final long DEFAULT_MEMORY_BYTES = 1L << 30 | 1L << 28;

    private static final int QUICK_BYTES = 1 << 13;
    private static final int QUICK_PIXELS = 64 * 64;

    private final ImageLimits limits;
    private final DecodeMemory memory;

    public ImageDecoder() {
        this(ImageLimits.defaults(), DEFAULT_MEMORY_BYTES);
    }

    /**
     * @param memoryBytes that all concurrent decodes may take together; at least 24 bytes per pixel
     *     of the largest allowed picture and the largest file
     * @throws IllegalArgumentException if the largest allowed picture would not fit
     */
    public ImageDecoder(ImageLimits limits, long memoryBytes) {
        this(limits, new DecodeMemory(memoryBytes, limits));
    }

    ImageDecoder(ImageLimits limits, DecodeMemory memory) {
        this.limits = limits;
        this.memory = memory;
    }

    /**
     * @param file the encoded file, not changed
     * @throws java.util.concurrent.CancellationException if the thread is interrupted while it
     *     waits for memory
     */
    public Decoded decode(byte[] file) {
        try {
            return read(
                    MemorySegment.ofArray(file),
                    (rows, format) -> new Picture(rows.image(), format));
        } catch (Refusal refusal) {
            return refusal.refused();
        }
    }

    /** Like {@link #show(MemorySegment, Function, Function)}, for a file on the heap. */
    public <T> T show(byte[] file, Function<PixelRows, T> viewer, Function<Refused, T> refused) {
        return show(MemorySegment.ofArray(file), viewer, refused);
    }

    /**
     * Shows the upright picture in the decoder's memory, without the copy that {@link #decode}
     * makes: for uses that do not keep the picture, such as a network's input.
     *
     * @param file the encoded file, not changed; must stay alive until this returns
     * @param viewer computes a result from the rows, which are valid until it returns; the decode
     *     memory is held as long
     * @param refused computes the result where the file is refused
     * @return the result of one of both
     * @throws java.util.concurrent.CancellationException if the thread is interrupted while it
     *     waits for memory
     */
    public <T> T show(
            MemorySegment file, Function<PixelRows, T> viewer, Function<Refused, T> refused) {
        try {
            return read(file, (rows, format) -> viewer.apply(rows));
        } catch (Refusal refusal) {
            return refused.apply(refusal.refused());
        }
    }

    private <T> T read(MemorySegment file, BiFunction<PixelRows, ImageFormat, T> viewer)
            throws Refusal {
        limits.checkLength(file.byteSize());
        Bytes bytes = new Bytes(file);
        ImageFormat format = Signature.of(bytes);
        ImageHeader header = ImageHeader.read(format, bytes, limits);
        Function<PixelRows, T> upright =
                stored -> viewer.apply(header.orientation().upright(stored), format);
        try (Lease lease = small(bytes, header) ? () -> {} : memory.lease(header, bytes.length())) {
            return switch (format) {
                case JPEG, WEBP -> OpenCvCodec.show(format, header, bytes, upright);
                case PNG -> upright.apply(PngCodec.decode(header, bytes));
                case GIF -> upright.apply(GifCodec.decode(header, bytes));
                case BMP -> upright.apply(new BmpFile(bytes, limits).image());
            };
        }
    }

    /**
     * Whether a file is so small that {@link #decode} takes some tens of microseconds, about as
     * long as waking another thread for it, and never waits; whether it can be decoded at all is
     * another matter.
     */
    public boolean quick(MemorySegment file) {
        if (file.byteSize() > QUICK_BYTES) {
            return false;
        }
        try {
            Bytes bytes = new Bytes(file);
            return small(bytes, ImageHeader.read(Signature.of(bytes), bytes, limits));
        } catch (Refusal refusal) {
            return true;
        }
    }

    private static boolean small(Bytes file, ImageHeader header) {
        return file.length() <= QUICK_BYTES
                && (long) header.width() * header.height() <= QUICK_PIXELS;
    }

    /**
     * Loads the native libraries (up to a second where they must be unpacked first), so that no
     * request waits for it; optional.
     */
    public static void warmUp() {
        OpenCvCodec.load();
    }
}
