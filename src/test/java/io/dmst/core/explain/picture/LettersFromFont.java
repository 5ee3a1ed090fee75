package io.dmst.core.explain.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Draws the letters of the pictures once from an installed font, so that pictures are the same
 * everywhere and a server needs no font. Run by hand, from the project: {@code java
 * src/test/java/io/dmst/core/explain/picture/LettersFromFont.java}.
 */
final class LettersFromFont {

    private static final Path OUT = Path.of("src/main/resources/io/dmst/core/explain/picture");
    private static final String CHARACTERS =
            IntStream.rangeClosed(' ', '~')
                            .mapToObj(Character::toString)
                            .collect(Collectors.joining())
                    + "ΠΣΔεθλ²½·×–—…≥≤√∘±°äöüÄÖÜßéèàçñ";
    private static final int PADDING = 2;

    private LettersFromFont() {}

    public static void main(String... args) throws IOException {
        write("letters", new Font("DejaVu Sans", Font.PLAIN, 15));
        write("letters-title", new Font("DejaVu Sans", Font.BOLD, 24));
    }

    private static void write(String name, Font font) throws IOException {
        BufferedImage probe = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D measure = probe.createGraphics();
        smooth(measure);
        FontMetrics metrics = measure.getFontMetrics(font);
        int[] widths = CHARACTERS.chars().map(metrics::charWidth).toArray();
        int total = IntStream.of(widths).sum() + 2 * PADDING * widths.length;
        BufferedImage strip =
                new BufferedImage(
                        total,
                        metrics.getAscent() + metrics.getDescent(),
                        BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = strip.createGraphics();
        smooth(graphics);
        graphics.setFont(font);
        graphics.setColor(Color.WHITE);
        int x = PADDING;
        for (int i = 0; i < widths.length; i++) {
            graphics.drawString(CHARACTERS.substring(i, i + 1), x, metrics.getAscent());
            x += widths[i] + 2 * PADDING;
        }
        ImageIO.write(strip, "png", OUT.resolve(name + ".png").toFile());
        Files.writeString(
                OUT.resolve(name + ".txt"),
                CHARACTERS
                        + "\n"
                        + IntStream.of(widths)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(" "))
                        + "\n");
    }

    private static void smooth(Graphics2D graphics) {
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    }
}
