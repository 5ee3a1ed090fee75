package io.dmst.core.image;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * JPEG and WebP through OpenCV's bundled libjpeg-turbo and libwebp: the pixels of Pillow (CMYK
 * within two levels), several times faster than the JDK, which has no WebP at all.
 *
 * <p>All native memory of this package is allocated and freed in {@link #show}. libjpeg prints one
 * line to the standard error stream for a JPEG file with damaged coded data. It is linked
 * statically into OpenCV, with hidden symbols and its own error handler, which no setting replaces.
 */
final class OpenCvCodec {
    static {
        // JavaCPP reads these once. Its memory limits count the whole process, engines included,
        // and would fail decodes at random; the garbage collector frees none of these pointers
        System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        System.setProperty("org.bytedeco.javacpp.noPointerGC", "true");
        // otherwise it loads CUDA libraries, where there are any, beside those of the engines
        System.setProperty("org.bytedeco.javacpp.platform.extension", "-cpu");
        // a pool of native threads would compete with the engines and gain nothing for one picture
        opencv_core.setNumThreads(1);
        silence();
    }

    /** Bit depth and alpha as stored; orientation and profiles are not applied. */
    private static final int AS_STORED = opencv_imgcodecs.IMREAD_UNCHANGED;

    /** OpenCV refuses shorter WebP files; a decoder ignores zeros after the end of a file. */
    private static final int LEAST_BYTES = 32;

    private static final int RGB =
            opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;

    private OpenCvCodec() {}

    /** Loads the native libraries, where that has not happened. */
    static void load() {}

    /** Result of a viewer of the stored picture, which is valid until the viewer returns. */
    static <T> T show(
            ImageFormat format, ImageHeader header, Bytes file, Function<PixelRows, T> viewer)
            throws Refusal {
        int length = header.parts().getFirst().end();
        try (BytePointer bytes = pointer(file.first(length));
                Mat coded = new Mat(1, Math.max(length, LEAST_BYTES), opencv_core.CV_8UC1, bytes);
                Mat pixels = pixels(format, coded)) {
            if (pixels.empty()
                    || pixels.depth() != opencv_core.CV_8U
                    || pixels.rows() != header.height()
                    || pixels.cols() != header.width()) {
                throw damaged(format);
            }
            if (format != ImageFormat.JPEG) {
                return viewer.apply(flatten(pixels));
            }
            try (DecodedRows rows = rows(pixels)) {
                return viewer.apply(rows);
            }
        }
    }

    /** To the file itself, or to a copy of one that is on the heap or too short. */
    private static BytePointer pointer(MemorySegment file) {
        if (file.isNative() && file.byteSize() >= LEAST_BYTES) {
            return new BytePointer(file.asByteBuffer());
        }
        BytePointer copy = new BytePointer(Math.max(file.byteSize(), LEAST_BYTES)).zero();
        copy.asByteBuffer().put(file.asByteBuffer());
        return copy;
    }

    private static Mat pixels(ImageFormat format, Mat coded) throws Refusal {
        try {
            return opencv_imgcodecs.imdecode(coded, format == ImageFormat.JPEG ? RGB : AS_STORED);
        } catch (RuntimeException exception) {
            // a C++ exception, such as a failed assertion about the file
            throw refusal(format, exception);
        }
    }

    /**
     * @throws OutOfMemoryError if the C++ exception says that native memory was lacking
     */
    static Refusal refusal(ImageFormat format, RuntimeException exception) {
        String message = String.valueOf(exception.getMessage());
        if (message.contains("Insufficient memory") || message.contains("bad_alloc")) {
            throw new OutOfMemoryError(message);
        }
        return damaged(format);
    }

    private static Refusal damaged(ImageFormat format) {
        return Refusal.invalid("the %s file is damaged and cannot be decoded".formatted(format));
    }

    /** Of three channels, one row after the other, as a decoder makes them. */
    private static DecodedRows rows(Mat pixels) {
        long length = (long) pixels.rows() * pixels.cols() * RgbImage.CHANNELS;
        return new DecodedRows(
                pixels.rows(), pixels.cols(), pixels.data().capacity(length).asByteBuffer());
    }

    /** From rows of blue, green, red and perhaps alpha. */
    private static RgbImage flatten(Mat pixels) {
        int bands = pixels.channels();
        int width = pixels.cols();
        byte[] stored = new byte[width * bands];
        int[] row = new int[width * bands];
        Canvas canvas = new Canvas(pixels.rows(), width);
        for (int y = 0; y < pixels.rows(); y++) {
            pixels.ptr(y).get(stored);
            for (int at = 0; at < row.length; at += bands) {
                row[at] = stored[at + 2] & 0xff;
                row[at + 1] = stored[at + 1] & 0xff;
                row[at + 2] = stored[at] & 0xff;
                if (bands == 4) {
                    row[at + 3] = stored[at + 3] & 0xff;
                }
            }
            canvas.samples(y, row, bands, width);
        }
        return canvas.image();
    }

    /** Sets OpenCV's log level to silent; the Java binding lacks the call. */
    private static void silence() {
        Optional<MemorySegment> call =
                SymbolLookup.loaderLookup()
                        .find("_ZN2cv5utils7logging11setLogLevelENS1_8LogLevelE");
        if (call.isEmpty()) {
            return;
        }
        try {
            Linker.nativeLinker()
                    .downcallHandle(
                            call.get(),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                    .invoke(0);
        } catch (Throwable unreachable) {
            throw new IllegalStateException("OpenCV's log level cannot be set", unreachable);
        }
    }
}
