package io.dmst.core.explain.picture;

import io.dmst.core.explain.Explanation;
import io.dmst.core.image.RgbImage;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a picture of an explanation shows. */
public enum PictureKind {
    /** All maps over the photograph; the one map, large, where one layer and group are named. */
    SHEET,
    /** All maps in colours that lead back to the values. */
    MAPS,
    /** The strongest group of every token. */
    SEGMENTS,
    /** Coding rates over the layers. */
    RATES,
    /** What each token adds to the score of one class, large, beside the photograph. */
    CONTRIBUTION;

    /** The word for it in requests. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The picture of a word. */
    public static Optional<PictureKind> named(String word) {
        return Arrays.stream(values()).filter(picture -> picture.word().equals(word)).findFirst();
    }

    /** All words, with commas. */
    public static String words() {
        return Arrays.stream(values()).map(PictureKind::word).collect(Collectors.joining(", "));
    }

    /** Whether it needs memberships, which softmax attention has not. */
    public boolean needsMemberships() {
        return this == SEGMENTS;
    }

    /** Whether it needs the split of a class score, which the membership head alone has. */
    public boolean needsContributions() {
        return this == CONTRIBUTION;
    }

    /**
     * Draws it.
     *
     * @throws IllegalArgumentException if the explanation does not have what it shows
     */
    public RgbImage of(PictureRenderer pictures) {
        return switch (this) {
            case SHEET -> sheet(pictures);
            case MAPS -> pictures.sheet(1);
            case SEGMENTS -> pictures.segments();
            case RATES -> pictures.rates();
            case CONTRIBUTION -> pictures.contribution();
        };
    }

    private static RgbImage sheet(PictureRenderer pictures) {
        Explanation explanation = pictures.explanation();
        Explanation.Layer first = explanation.layers().getFirst();
        boolean one = explanation.layers().size() == 1 && explanation.shownGroups().size() == 1;
        return one && first.groups().isPresent()
                ? pictures.overlay(first.layer(), explanation.shownGroups().getFirst())
                : pictures.sheet(PictureRenderer.OVER_PHOTOGRAPH);
    }
}
