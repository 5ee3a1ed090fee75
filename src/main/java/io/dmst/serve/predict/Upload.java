package io.dmst.serve.predict;

/** One encoded image of a request, or why that image was not accepted. */
public sealed interface Upload {

    /**
     * An encoded image.
     *
     * @param bytes of the file, of unknown format
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record File(byte[] bytes) implements Upload {}

    /**
     * An image that was not accepted; its neighbours in the request are unaffected.
     *
     * @param failure for the client
     */
    record Rejected(Failure failure) implements Upload {}
}
