package io.dmst.serve.predict;

/**
 * The settings that opening a model needs.
 *
 * @param inference engine, device and threads
 * @param batch bounds of batches and queue
 * @param shutdown time for accepted requests
 * @param drift what of the predictions goes to the metrics
 */
public record PredictorSettings(
        InferenceProperties inference,
        BatchProperties batch,
        ShutdownProperties shutdown,
        DriftProperties drift) {}
