package io.dmst.core.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;

/**
 * Decodes PNG files with the JDK's reader, which is memory-safe and silent. OpenCV's prints a line
 * to the standard error stream for every damaged file and ignores the transparent value of a grey
 * picture.
 */
final class PngCodec {

    /** Looked up once: a lookup takes longer than to decode a small picture. */
    private static final ImageReaderSpi READER =
            ImageIO.getImageReadersByFormatName("PNG").next().getOriginatingProvider();

    private PngCodec() {}

    /**
     * @throws OutOfMemoryError if the heap is too small, also where the JDK's reader wraps the
     *     error
     */
    static RgbImage decode(ImageHeader header, Bytes file) throws Refusal {
        BufferedImage image = read(header.join(file));
        Canvas canvas = new Canvas(header.height(), header.width());
        paint(image, canvas);
        return canvas.image();
    }

    private static BufferedImage read(byte[] file) throws Refusal {
        ImageReader reader = reader();
        try (ByteImageStream stream = new ByteImageStream(file)) {
            reader.setInput(stream, true, true);
            return reader.read(0);
        } catch (IOException | RuntimeException failure) {
            // the reader wraps every Throwable, and throws unchecked exceptions on damaged files
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof OutOfMemoryError memory) {
                    throw memory;
                }
            }
            throw Refusal.invalid("the PNG file is damaged and cannot be decoded");
        } finally {
            reader.dispose();
        }
    }

    private static ImageReader reader() {
        try {
            return READER.createReaderInstance();
        } catch (IOException e) {
            throw new IllegalStateException("the JDK has no reader of PNG files", e);
        }
    }

    private static void paint(BufferedImage image, Canvas canvas) throws Refusal {
        int width = image.getWidth();
        // a colour model would convert grey with another gamma and round 16 bits differently
        if (!(image.getColorModel() instanceof ComponentColorModel model)) {
            int[] row = new int[width];
            for (int y = 0; y < image.getHeight(); y++) {
                canvas.packed(y, 0, argb(image, y, row), width);
            }
            return;
        }
        int bands = image.getRaster().getNumBands();
        int shift = model.getComponentSize(0) - 8;
        int[] row = new int[width * bands];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getPixels(0, y, width, 1, row);
            for (int i = 0; shift > 0 && i < row.length; i++) {
                row[i] >>= shift;
            }
            canvas.samples(y, row, bands, width);
        }
    }

    private static int[] argb(BufferedImage image, int y, int[] row) throws Refusal {
        try {
            return image.getRGB(0, y, image.getWidth(), 1, row, 0, image.getWidth());
        } catch (ArrayIndexOutOfBoundsException beyondPalette) {
            throw Refusal.invalid("the file uses a colour that its palette lacks");
        }
    }
}
