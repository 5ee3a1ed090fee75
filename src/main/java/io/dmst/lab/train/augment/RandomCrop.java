package io.dmst.lab.train.augment;

import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.Resize;
import io.dmst.core.image.RgbImage;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Random resized crops (Szegedy et al., arXiv 1409.4842): a box of {@code [scaleMin, 1]} of a
 * picture's area and of an aspect between 3/4 and 4/3 of the target's (log-uniform), at any place,
 * resampled to the target's size as serving resamples. Where ten boxes in turn do not fit, the
 * centre crop of serving is taken. Thread-safe.
 */
final class RandomCrop {

    private static final int TRIES = 10;
    private static final double LOG_RATIO = Math.log(4.0 / 3);

    private final Preprocessor target;
    private final double scaleMin;

    RandomCrop(Preprocessor target, double scaleMin) {
        this.target = target;
        this.scaleMin = scaleMin;
    }

    RgbImage apply(RgbImage picture, RandomGenerator random) {
        int height = target.height();
        int width = target.width();
        return box(picture.height(), picture.width(), random)
                .map(box -> Resize.bicubic(picture, height, width, box))
                .orElseGet(() -> new RgbImage(height, width, target.apply(picture)));
    }

    /** A box in whole pixels inside of a picture, or none if no try fitted. */
    Optional<Resize.Box> box(int height, int width, RandomGenerator random) {
        double aspect = (double) target.width() / target.height();
        for (int i = 0; i < TRIES; i++) {
            double area =
                    (double) height * width * (scaleMin + (1 - scaleMin) * random.nextDouble());
            double ratio = aspect * Math.exp(LOG_RATIO * (2 * random.nextDouble() - 1));
            long wide = Math.max(1, Math.round(Math.sqrt(area * ratio)));
            long high = Math.max(1, Math.round(Math.sqrt(area / ratio)));
            if (wide <= width && high <= height) {
                int left = random.nextInt((int) (width - wide + 1));
                int top = random.nextInt((int) (height - high + 1));
                return Optional.of(new Resize.Box(left, top, left + wide, top + high));
            }
        }
        return Optional.empty();
    }
}
