package io.dmst.cli;

import io.dmst.lab.train.FineTuning;
import io.dmst.lab.train.augment.AugmentOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How training images are changed at random; what is absent takes the default of the kind of
 * training.
 */
final class AugmentationOptions {

    @Option(
            names = "--crop-scale",
            paramLabel = "SHARE",
            description =
                    "Least share of a picture that a random crop takes; 1 is off (1; 0.4 on a frozen stem).")
    private @Nullable Double cropScale;

    @Option(names = "--flip", negatable = true, description = "Mirror images at random (on).")
    private @Nullable Boolean flip;

    @Option(
            names = "--shift",
            paramLabel = "SHARE",
            description =
                    "Largest random shift, as a share of the side (0.125; 0 on a frozen stem).")
    private @Nullable Double shift;

    @Option(
            names = "--jitter",
            paramLabel = "CHANGE",
            description =
                    "Largest change of brightness, contrast and saturation (0; 0.2 on a frozen stem).")
    private @Nullable Double jitter;

    @Option(
            names = "--random-ops",
            paramLabel = "N",
            description = "RandAugment operations per image (0).")
    private @Nullable Integer randomOps;

    @Option(
            names = "--magnitude",
            paramLabel = "M",
            description = "Strength of those operations, 0 to 10 (5).")
    private @Nullable Double magnitude;

    @Option(
            names = "--mixup",
            paramLabel = "BETA",
            description = "Beta parameter of mixup; 0 is off (0; 0.4 on a frozen stem).")
    private @Nullable Double mixup;

    @Option(
            names = "--cutmix",
            paramLabel = "BETA",
            description = "Beta parameter of cutmix; 0 is off (0).")
    private @Nullable Double cutmix;

    @Option(
            names = "--erasing",
            paramLabel = "SHARE",
            description = "Probability of erasing a random rectangle (0).")
    private @Nullable Double erasing;

    @Option(
            names = "--crops",
            paramLabel = "N",
            description =
                    "Crops of each image that are kept, of a frozen stem's features and of what a teacher says (5).")
    private @Nullable Integer crops;

    AugmentOptions of(AugmentOptions base) {
        return new AugmentOptions(
                Absent.or(flip, base.flip()),
                Absent.or(shift, base.shift()),
                Absent.or(cropScale, base.cropScaleMin()),
                Absent.or(jitter, base.jitter()),
                Absent.or(randomOps, base.randomOps()),
                Absent.or(magnitude, base.magnitude()),
                Absent.or(mixup, base.mixup()),
                Absent.or(cutmix, base.cutmix()),
                Absent.or(erasing, base.erasing()));
    }

    int crops(FineTuning base) {
        return Absent.or(crops, base.crops());
    }
}
