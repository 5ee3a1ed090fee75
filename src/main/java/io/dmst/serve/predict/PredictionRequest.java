package io.dmst.serve.predict;

import java.util.Set;

/**
 * One image to predict.
 *
 * @param id of the user's request, for the log
 * @param pixels {@code [height][width][3]} of the model's input, RGB, row-major, unsigned bytes;
 *     not changed by anyone afterwards
 * @param probes names of the intermediates wanted in the trace; none for a plain classification
 * @param deadline after which the answer is of no use
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record PredictionRequest(String id, byte[] pixels, Set<String> probes, Deadline deadline) {

    public PredictionRequest {
        probes = Set.copyOf(probes);
    }
}
