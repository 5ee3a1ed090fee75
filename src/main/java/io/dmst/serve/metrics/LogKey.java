package io.dmst.serve.metrics;

/** Keys of the logging context. */
public enum LogKey {
    /** The caller's or our identifier of a request, as in {@code X-Request-Id}. */
    REQUEST_ID("request_id");

    private final String key;

    LogKey(String key) {
        this.key = key;
    }

    /** The key as it stands in a log line. */
    public String key() {
        return key;
    }
}
