package io.dmst.serve.gateway;

import java.time.Duration;

/**
 * How fast a node usually answers, to tell a request whose caller had little patience from one that
 * a node has lost: a deadline that passes is held against a node only if it was over {@value
 * #TIMES} times the usual, and a second.
 *
 * <p>Usual is an exponential mean over about {@value #OVER} answers. Safe for use by several
 * threads.
 */
final class LatencyEstimate {

    private static final int TIMES = 10;
    private static final int OVER = 20;
    private static final long AT_LEAST = Duration.ofSeconds(1).toNanos();

    private double usual;

    /** An answer came. */
    synchronized void answered(long nanos) {
        usual = usual == 0 ? nanos : usual + (nanos - usual) / OVER;
    }

    /** Whether an answer that did not come in this time should have; no, while none ever came. */
    synchronized boolean tooSlow(long nanos) {
        return usual > 0 && nanos >= AT_LEAST && nanos > TIMES * usual;
    }
}
