package io.dmst.lab.study;

/**
 * What a model said of one image.
 *
 * @param confidence probability of its most likely class
 * @param vector of its layers
 */
@SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
public record Observation(double confidence, double[] vector) {}
