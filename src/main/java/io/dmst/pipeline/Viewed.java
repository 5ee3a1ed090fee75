package io.dmst.pipeline;

import io.dmst.image.RgbImage;
import io.dmst.inference.Prediction;
import org.jspecify.annotations.Nullable;

/**
 * A prediction with the picture that it is about.
 *
 * @param prediction with the probes that were asked for
 * @param view the part of the image that the model saw, in a size for people, where it was asked
 *     for
 */
public record Viewed(Prediction prediction, @Nullable RgbImage view) {}
