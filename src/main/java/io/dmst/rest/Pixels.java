package io.dmst.rest;

import io.dmst.inference.ServedModel;

/** Makes a model's input of an encoded image. Safe for use by several threads. */
@FunctionalInterface
interface Pixels {

    /**
     * The pixels, as a {@link io.dmst.inference.PredictionRequest} takes them.
     *
     * @param file an encoded image, nobody knows of what kind
     */
    Checked<byte[]> of(byte[] file, ServedModel model);
}
