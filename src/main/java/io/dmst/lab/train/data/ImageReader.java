package io.dmst.lab.train.data;

import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/**
 * Decodes every image of a part once, on all cores: what cannot be read is known before training,
 * and pictures are kept as long as there is memory for them.
 */
final class ImageReader {

    private final Preprocessor preprocessor;
    private final KeptMemory memory;
    private final DataProblems problems;

    /**
     * @param problems receives images that cannot be read
     */
    ImageReader(Preprocessor preprocessor, KeptMemory memory, DataProblems problems) {
        this.preprocessor = preprocessor;
        this.memory = memory;
        this.problems = problems;
    }

    /** The readable ones, as pictures of their own size. */
    ImageSet ownSize(String what, List<LabelledImage> images) {
        return read(what, images, UnaryOperator.identity());
    }

    /** The readable ones, at the network's size. */
    ImageSet networkSize(String what, List<LabelledImage> images) {
        return read(
                what,
                images,
                picture ->
                        new RgbImage(
                                preprocessor.height(),
                                preprocessor.width(),
                                preprocessor.apply(picture)));
    }

    private ImageSet read(String what, List<LabelledImage> images, UnaryOperator<RgbImage> form) {
        boolean[] readable = new boolean[images.size()];
        @Nullable RgbImage[] pictures = new RgbImage[images.size()];
        try (ProgressBar bar = new ProgressBar("reading " + what, images.size())) {
            IntStream.range(0, images.size())
                    .parallel()
                    .forEach(i -> {
                        try {
                            RgbImage picture = form.apply(images.get(i).source().load());
                            readable[i] = true;
                            pictures[i] = memory.take(picture) ? picture : null;
                        } catch (IOException e) {
                            problems.add(images.get(i).name() + ": " + e.getMessage());
                        }
                        bar.step();
                    });
        }
        List<LabelledImage> good = new ArrayList<>();
        List<@Nullable RgbImage> kept = new ArrayList<>();
        for (int i = 0; i < readable.length; i++) {
            if (readable[i]) {
                good.add(images.get(i));
                kept.add(pictures[i]);
            }
        }
        return new ImageSet(good, kept, form);
    }
}
