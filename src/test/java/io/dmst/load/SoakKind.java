package io.dmst.load;

/** One kind of request of a soak. */
@FunctionalInterface
interface SoakKind {

    /**
     * Sends a request and waits for its end.
     *
     * @param id of the request
     * @return what is wrong with the end; empty if nothing is
     * @throws Exception if the request was lost
     */
    String send(String id) throws Exception;
}
