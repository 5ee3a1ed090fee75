package io.dmst.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;

/**
 * PNG, GIF and BMP through the JDK's readers.
 *
 * <p>Not through OpenCV: its PNG reader prints a line to the standard error stream for every
 * damaged file and ignores the transparent value of a grey picture, its BMP reader gets bit fields
 * and OS/2 headers wrong. The JDK's are memory-safe and silent.
 */
final class JdkCodec {

    /** Looked up once: it takes longer than to read a small picture. */
    private static final Map<ImageFormat, ImageReaderSpi> READERS =
            Stream.of(ImageFormat.PNG, ImageFormat.GIF, ImageFormat.BMP)
                    .collect(Collectors.toMap(Function.identity(), JdkCodec::provider));

    private JdkCodec() {}

    static RgbImage decode(ImageFormat format, Header header, Bytes file) throws Refusal {
        BufferedImage image = read(format, header.join(file));
        int left = 0;
        int top = 0;
        if (format == ImageFormat.GIF) {
            int frame = header.parts().get(GifWalk.FRAME).start();
            left = file.u16le(frame + 1L);
            top = file.u16le(frame + 3L);
        }
        if (left + image.getWidth() > header.width() || top + image.getHeight() > header.height()) {
            throw Refusal.invalid("the file contradicts itself about the size of its picture");
        }
        Canvas canvas = new Canvas(header.height(), header.width());
        paint(image, canvas, left, top);
        return canvas.image();
    }

    private static ImageReaderSpi provider(ImageFormat format) {
        return ImageIO.getImageReadersByFormatName(format.name()).next().getOriginatingProvider();
    }

    private static BufferedImage read(ImageFormat format, byte[] file) throws Refusal {
        ImageReader reader = reader(format);
        try (ByteImageStream stream = new ByteImageStream(file)) {
            reader.setInput(stream, true, true);
            return reader.read(0);
        } catch (IOException | RuntimeException damaged) {
            // on damaged files these readers throw unchecked exceptions of many kinds
            throw Refusal.invalid("the %s file is damaged and cannot be decoded".formatted(format));
        } finally {
            reader.dispose();
        }
    }

    private static ImageReader reader(ImageFormat format) {
        try {
            return Objects.requireNonNull(READERS.get(format)).createReaderInstance();
        } catch (IOException e) {
            throw new IllegalStateException("the JDK's own reader of %s".formatted(format), e);
        }
    }

    private static void paint(BufferedImage image, Canvas canvas, int left, int top)
            throws Refusal {
        int width = image.getWidth();
        // a colour model would send grey through another gamma curve and round 16 bits differently
        if (!(image.getColorModel() instanceof ComponentColorModel model)) {
            int[] row = new int[width];
            for (int y = 0; y < image.getHeight(); y++) {
                canvas.packed(top + y, left, argb(image, y, row), width);
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
            canvas.samples(top + y, left, row, bands, width);
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
