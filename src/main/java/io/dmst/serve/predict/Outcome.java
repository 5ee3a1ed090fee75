package io.dmst.serve.predict;

/** What became of one image: a {@link Prediction} or a {@link Failure}. */
public sealed interface Outcome permits Prediction, Failure {}
