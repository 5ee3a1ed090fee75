package io.dmst.core.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pictures as PNG, 8 bits per channel, without loss. Thread-safe. */
public final class PngEncoder {
    private PngEncoder() {}

    public static byte[] encode(RgbImage image) {
        byte[] rgb = image.rgb();
        BufferedImage view =
                new BufferedImage(
                        new ComponentColorModel(
                                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                                false,
                                false,
                                Transparency.OPAQUE,
                                DataBuffer.TYPE_BYTE),
                        Raster.createInterleavedRaster(
                                new DataBufferByte(rgb, rgb.length),
                                image.width(),
                                image.height(),
                                image.width() * RgbImage.CHANNELS,
                                RgbImage.CHANNELS,
                                new int[] {0, 1, 2},
                                null),
                        false,
                        null);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(png)) {
            ImageIO.write(view, "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException("PNG could not be written to memory", e);
        }
        return png.toByteArray();
    }
}
