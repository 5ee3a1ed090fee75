package io.dmst.inference.batch;

import io.dmst.inference.Deadline;

/**
 * What newcomers have to expect.
 *
 * @param backlog predicted time until everybody who waits would be answered, ns; 0 if nobody waits
 *     and nothing is computed
 * @param each predicted time that one image more adds, ns
 */
record Forecast(double backlog, double each) {

    /** Nobody waits. */
    static final Forecast IDLE = new Forecast(0, 0);

    /**
     * Time by which a newcomer would be late, with a margin, ns; not positive if they are in time,
     * or in nobody's way.
     *
     * @param left until the newcomer's deadline, ns
     * @param ahead images that come before them
     */
    double excess(double left, int ahead) {
        return backlog <= 0 ? 0 : Deadline.MARGIN * (backlog + ahead * each) - left;
    }
}
