package io.dmst.pipeline;

import io.dmst.explain.Explanation;
import io.dmst.image.RgbImage;
import io.dmst.inference.Prediction;
import io.dmst.inference.ServedModel;
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
        @Nullable RgbImage view) {}
