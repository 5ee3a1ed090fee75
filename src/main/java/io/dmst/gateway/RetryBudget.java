package io.dmst.gateway;

/**
 * Bounds what is tried again: every request pays a share of a token in, every second try takes one
 * out. So while nodes fail, attempts stay below {@code 1 + share} of the requests, and a burst as
 * large as the purse.
 *
 * <p>Safe for use by several threads.
 */
final class RetryBudget {

    private final double share;
    private final double most;
    private double tokens;

    /**
     * @param share of the requests that may be tried again, in [0, 1]
     * @param most tokens; the purse starts full
     */
    RetryBudget(double share, double most) {
        this.share = share;
        this.most = share == 0 ? 0 : most;
        this.tokens = this.most;
    }

    /** A request came. */
    synchronized void request() {
        tokens = Math.min(most, tokens + share);
    }

    /** Takes a token, if there is one. */
    synchronized boolean take() {
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
