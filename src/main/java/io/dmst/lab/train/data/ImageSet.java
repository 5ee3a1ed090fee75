package io.dmst.lab.train.data;

import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Readable images of one part of a data set. Those that were kept are in memory, the others are
 * decoded at every call; both give the same pixels. Thread-safe.
 */
public final class ImageSet {

    private final List<LabelledImage> images;
    private final List<@Nullable RgbImage> kept;
    private final UnaryOperator<RgbImage> form;

    /**
     * @param kept per image its picture in the form, or null where it is decoded when needed
     * @param form what is made of a decoded picture
     */
    ImageSet(
            List<LabelledImage> images,
            List<@Nullable RgbImage> kept,
            UnaryOperator<RgbImage> form) {
        this.images = List.copyOf(images);
        this.kept = kept;
        this.form = form;
    }

    public int size() {
        return images.size();
    }

    /** Where an image comes from, for messages. */
    public String name(int image) {
        return images.get(image).name();
    }

    /** Index of an image's class. */
    public int label(int image) {
        return images.get(image).label();
    }

    /** All labels, in the order of the images. */
    public int[] labels() {
        return images.stream().mapToInt(LabelledImage::label).toArray();
    }

    /**
     * A picture: at its own size, or at the network's where the set was read for that.
     *
     * @throws IOException if it can no longer be read, naming it
     */
    public RgbImage picture(int image) throws IOException {
        RgbImage there = kept.get(image);
        if (there != null) {
            return there;
        }
        try {
            return form.apply(images.get(image).source().load());
        } catch (IOException e) {
            throw new IOException(
                    name(image) + " was readable before and is no longer: " + e.getMessage(), e);
        }
    }

    /** Number of images that are in memory. */
    public int kept() {
        return (int) kept.stream().filter(picture -> picture != null).count();
    }
}
