package io.dmst.serve.predict;

import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.NpzFile;
import io.dmst.core.explain.picture.Caption;
import io.dmst.core.explain.picture.PictureKind;
import io.dmst.core.explain.picture.PictureRenderer;
import io.dmst.core.image.PngEncoder;
import io.dmst.core.image.RgbImage;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One image with its prediction and what its forward pass says about itself.
 *
 * @param model that answered
 * @param prediction that is explained
 * @param explanation from the prediction's own trace
 * @param view the part of the image that the model saw, in a size for people, where it was asked
 *     for
 */
public record Explained(
        ServedModel model,
        Prediction prediction,
        Explanation explanation,
        @Nullable RgbImage view) {

    /**
     * A picture of it, as a PNG file.
     *
     * @throws NullPointerException if no view was asked for
     * @throws IllegalArgumentException if the explanation does not have what the picture shows
     */
    public byte[] png(PictureKind picture) {
        RgbImage seen = Objects.requireNonNull(view, "a picture needs a view");
        Caption caption = new Caption("the image", best(), model.name());
        return PngEncoder.encode(picture.of(new PictureRenderer(explanation, seen, caption)));
    }

    /** Its arrays, as a file for numpy. */
    public byte[] npz() {
        return NpzFile.of(explanation, prediction.logits(), prediction.probabilities());
    }

    private String best() {
        float[] probabilities = prediction.probabilities();
        int best = Ranking.of(probabilities, 1).getFirst();
        return String.format(
                Locale.ROOT, "%s %.1f%%", model.labels().get(best), 100 * probabilities[best]);
    }
}
