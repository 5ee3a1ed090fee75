package io.dmst.image;

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
 * <p>All native memory of this package is born and freed in {@link #show}. libjpeg itself prints
 * one line to the standard error stream for a JPEG file with damaged coded data; that cannot be
 * turned off from outside.
 */
final class OpenCvCodec {
    static {
        // JavaCPP reads these once. Its memory limits count the whole process, engines included,
        // and would fail decodes at random; nothing here is left to the garbage collector
        System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        System.setProperty("org.bytedeco.javacpp.noPointerGC", "true");
        // else it tries some thirty CUDA libraries, and loads what it finds beside the engines' own
        System.setProperty("org.bytedeco.javacpp.platform.extension", "-cpu");
        // a pool of native threads would compete with the engines and gain nothing for one picture
        opencv_core.setNumThreads(1);
        silence();
    }

    /** Bit depth and alpha as stored; orientation and profiles are not applied. */
    private static final int AS_STORED = opencv_imgcodecs.IMREAD_UNCHANGED;

    private static final int RGB =
            opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;

    private OpenCvCodec() {}

    /** Loads the native libraries, where that has not happened. */
    static void load() {}

    /** What a viewer makes of the stored picture, which is there until it returns. */
    static <T> T show(ImageFormat format, Header header, Bytes file, Function<Rows, T> viewer)
            throws Refusal {
        int length = header.parts().getFirst().end();
        try (BytePointer bytes = pointer(file.first(length));
                Mat coded = new Mat(1, length, opencv_core.CV_8UC1, bytes);
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

    /** To the file where it is, or to a copy of one on the heap. */
    private static BytePointer pointer(MemorySegment file) {
        if (file.isNative()) {
            return new BytePointer(file.asByteBuffer());
        }
        BytePointer copy = new BytePointer(file.byteSize());
        copy.asByteBuffer().put(file.asByteBuffer());
        return copy;
    }

    private static Mat pixels(ImageFormat format, Mat coded) throws Refusal {
        try {
            return opencv_imgcodecs.imdecode(coded, format == ImageFormat.JPEG ? RGB : AS_STORED);
        } catch (RuntimeException refusedByOpenCv) {
            // a C++ exception, such as a failed assertion about the file
            throw damaged(format);
        }
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
            canvas.samples(y, 0, row, bands, width);
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
