package io.dmst.lab.train.data;

import java.io.IOException;

/**
 * Batches of images or of their cached features, epoch by epoch. What an epoch holds depends on the
 * seed and the epoch's number alone, so that a resumed training sees what an uninterrupted one
 * would have seen.
 */
public interface BatchSource {

    /** Images of an epoch. */
    int images();

    /** Batches of an epoch; the last one may be smaller. */
    int batches();

    /** Starts preparing an epoch; one at a time. */
    default Epoch epoch(int number) {
        return epoch(number, 0);
    }

    /**
     * Starts preparing the rest of an epoch.
     *
     * @param from number of the first batch that is wanted
     */
    Epoch epoch(int number, int from);

    /** The batches of one epoch in order; closing it stops the preparation. For one thread. */
    interface Epoch extends AutoCloseable {

        /**
         * The next batch; waits for it.
         *
         * @throws IOException if an image can no longer be read, naming it
         * @throws java.util.NoSuchElementException after the last one
         */
        Batch next() throws IOException, InterruptedException;

        @Override
        void close();
    }
}
