package io.dmst.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many threads a computation on the CPU shall have, found by trying: twice as many are taken as
 * long as an image is computed in at most {@value #WORTHWHILE} of the time. A small network loses
 * more by handing work over than it gains by sharing it, and what is lost is missing for decoding.
 */
public final class ThreadChoice {

    /** Twice the threads for less than that would be a waste of cores. */
    static final double WORTHWHILE = 0.8;

    private static final Logger log = LoggerFactory.getLogger(ThreadChoice.class);
    private static final int WARM_UP = 3;
    private static final int RUNS = 25;
    private static final long ENOUGH = Duration.ofMillis(150).toNanos();

    private ThreadChoice() {}

    /**
     * The number for a graph on this machine; opens and closes a few sessions.
     *
     * @param graph that classifies
     * @return 1 to the number of physical cores
     */
    public static int of(byte[] graph) {
        return of(
                PhysicalCores.count(),
                threads -> {
                    try (OnnxSession session = new OnnxSession(graph, threads, null)) {
                        double nanos = best(session, System::nanoTime);
                        log.debug("an image takes {} ms with {} threads", nanos / 1e6, threads);
                        return nanos;
                    }
                });
    }

    /**
     * The number by a measurement.
     *
     * @param most to be tried, at least 1
     * @param time of one image with so many threads
     */
    static int of(int most, IntToDoubleFunction time) {
        int chosen = 1;
        double least = most == 1 ? 0 : time.applyAsDouble(1);
        while (chosen < most) {
            int more = Math.min(2 * chosen, most);
            double nanos = time.applyAsDouble(more);
            if (nanos > WORTHWHILE * least) {
                break;
            }
            chosen = more;
            least = nanos;
        }
        return chosen;
    }

    /** The shortest of several runs: the one that other programs disturbed least. */
    private static double best(OnnxSession session, LongSupplier clock) {
        List<byte[]> noise = List.of(new byte[session.imageBytes()]);
        new Random(1).nextBytes(noise.getFirst());
        long begun = clock.getAsLong();
        long best = Long.MAX_VALUE;
        for (int run = 0; run < RUNS; run++) {
            long before = clock.getAsLong();
            session.run(noise, session.outputs());
            long after = clock.getAsLong();
            best = Math.min(best, after - before);
            if (run >= WARM_UP && after - begun > ENOUGH) {
                break;
            }
        }
        return best;
    }
}
