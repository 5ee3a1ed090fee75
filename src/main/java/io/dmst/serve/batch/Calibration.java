package io.dmst.serve.batch;

import io.dmst.serve.predict.PredictionRequest;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Measures an engine before its first request, so that the first prediction of a finish is right.
 */
final class Calibration {

    private static final int RUNS = 3;

    private Calibration() {}

    /**
     * Cost models of every kind, from a single image and from the largest batch that takes no
     * longer than it may.
     *
     * @param clock ns
     * @param batchTime ns
     */
    static Map<BatchKind, CostModel> of(
            Computation computation, LongSupplier clock, double batchTime) {
        Map<BatchKind, CostModel> costs = new EnumMap<>(BatchKind.class);
        for (BatchKind kind : BatchKind.values()) {
            PredictionRequest sample = computation.sample(kind);
            double one = time(computation, clock, List.of(sample));
            int n = CostModel.through(one, 1, one).within(batchTime, computation.largestBatch());
            double many = n == 1 ? one : time(computation, clock, Collections.nCopies(n, sample));
            costs.put(kind, CostModel.through(one, n, many));
        }
        return costs;
    }

    /** The least of some runs: the first ones warm the engine up. */
    private static double time(
            Computation computation, LongSupplier clock, List<PredictionRequest> batch) {
        long least = Long.MAX_VALUE;
        for (int run = 0; run < RUNS; run++) {
            long begun = clock.getAsLong();
            computation.run(batch);
            least = Math.min(least, clock.getAsLong() - begun);
        }
        return least;
    }
}
