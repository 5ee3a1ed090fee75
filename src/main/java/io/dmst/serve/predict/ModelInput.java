package io.dmst.serve.predict;

import io.dmst.core.image.RgbImage;
import org.jspecify.annotations.Nullable;

/**
 * A decoded image as a model takes it.
 *
 * @param pixels as a {@link io.dmst.serve.predict.PredictionRequest} takes them
 * @param view the same part of the image for people, where it was asked for
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record ModelInput(byte[] pixels, @Nullable RgbImage view) {}
