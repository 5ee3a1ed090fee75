package io.dmst.inference.batch;

/**
 * What newcomers have to expect, as it was predicted at one moment. What was predicted to be done
 * since then is taken to be done, so that a forecast that nobody renews, since nobody comes, ends
 * in an idle engine and never keeps newcomers away.
 *
 * @param at moment of the prediction, ns
 * @param backlog predicted time until everybody who waited then would be answered, ns; 0 if nobody
 *     waited and nothing was computed
 * @param each predicted time that one image more adds, ns
 */
record Forecast(long at, double backlog, double each) {

    /** Nobody waits. */
    static final Forecast IDLE = new Forecast(0, 0, 0);

    /** What predictions are multiplied with, since they may err. */
    static final double MARGIN = 1.25;

    /** What is left of the backlog, ns. */
    double backlog(long now) {
        return backlog <= 0 ? 0 : Math.max(0, backlog - (now - at));
    }

    /**
     * Time by which a newcomer would be late, ns; not positive if they are in time, or in nobody's
     * way.
     *
     * @param left until the newcomer's deadline, ns
     * @param ahead images that come before them
     */
    double excess(long now, double left, int ahead) {
        double before = backlog(now);
        return before <= 0 ? 0 : MARGIN * (before + ahead * each) - left;
    }
}
