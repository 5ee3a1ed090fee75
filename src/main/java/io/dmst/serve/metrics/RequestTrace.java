package io.dmst.serve.metrics;

import java.time.Duration;

/** Where one request's time went, as spans of its trace. Safe for use by several threads. */
public interface RequestTrace {

    /** Of a request that is not traced; costs nothing. */
    RequestTrace NONE =
            new RequestTrace() {
                @Override
                public void stage(String name, Duration took, Duration ago) {}

                @Override
                public void end() {}
            };

    /**
     * Adds a span of a stage that is over.
     *
     * @param took its length
     * @param ago time since its end
     */
    void stage(String name, Duration took, Duration ago);

    /** No more is sent on behalf of the request. */
    void end();
}
