package io.dmst.inference.batch;

/**
 * What newcomers have to expect.
 *
 * @param backlog predicted time until everybody who waits would be answered, ns; 0 if nobody waits
 *     and nothing is computed
 * @param each predicted time that one image more adds, ns
 */
record Forecast(double backlog, double each) {

    /**
     * Time by which a newcomer would be late, with a margin, ns; not positive if they are in time,
     * or in nobody's way.
     *
     * @param margin of their deadline
     * @param left until their deadline, ns
     * @param ahead images that come before them
     * @param coming images that are on their way and may come before them; without the margin,
     *     since where all are computed as fast as they come, they take no longer than the way does
     */
    double excess(double margin, double left, int ahead, int coming) {
        return backlog <= 0 && coming == 0
                ? 0
                : margin * (backlog + ahead * each) + coming * each - left;
    }
}
