package io.dmst.bench;

/**
 * A client that asks one server after the other, its connections kept open. For one thread at a
 * time.
 */
interface Asker extends AutoCloseable {

    /** How a request ended. */
    enum End {
        /** With a prediction, or a refusal that says to try again here. */
        ANSWERED,
        /** The server is about to stop, and says so. */
        REFUSED,
        /** There was no connection: nothing was sent. */
        UNREACHED,
        /** Without an answer, though it was sent. */
        BROKEN
    }

    /**
     * How a request ended.
     *
     * @param end of it
     * @param detail for people
     */
    record Ended(End end, String detail) {}

    /** Sends an image and waits for the answer. */
    Ended ask(ChildServer server, byte[] image) throws InterruptedException;

    @Override
    void close();
}
