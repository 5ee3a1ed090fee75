package io.dmst.serve.gateway;

import java.time.Duration;

/**
 * Keeps requests away from a node that fails. After {@value #FAILURES} failures in a row nothing is
 * sent for a pause, then one request probes the node: if it fails, the pause doubles; if it
 * succeeds, everything is as before.
 *
 * <p>Time is a parameter. Safe for use by several threads.
 */
final class Breaker {

    private static final int FAILURES = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private int failures;
    private long pause = FIRST_PAUSE.toNanos();
    private long until;
    private boolean probing;

    /** Whether a request may be sent, as far as the node is trusted. */
    synchronized boolean closed() {
        return failures < FAILURES;
    }

    /** Whether a request may probe the node now; whoever hears yes must send one. */
    synchronized boolean probe(long now) {
        if (closed() || probing || now - until < 0) {
            return false;
        }
        probing = true;
        return true;
    }

    /** A request succeeded, or failed for what it was. */
    synchronized void succeeded() {
        failures = 0;
        probing = false;
        pause = FIRST_PAUSE.toNanos();
    }

    /** A request failed for what the node is. */
    synchronized void failed(long now) {
        boolean again = !closed();
        failures++;
        if (!closed() && (probing || !again)) {
            pause = probing ? Math.min(2 * pause, LONGEST_PAUSE.toNanos()) : pause;
            until = now + pause;
        }
        probing = false;
    }

    /** The node was away and is back: what failed before says nothing of it. */
    synchronized void reset() {
        succeeded();
    }

    /** A request that may have been the probe was broken off. */
    synchronized void abandoned() {
        probing = false;
    }
}
