package io.dmst.rest;

import io.dmst.pipeline.Exchange;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** The {@link Exchange} of an HTTP request, and the headers that tell of it. */
final class Exchanges {

    static final String REQUEST_ID = "X-Request-Id";
    static final String BATCH_SIZE = "x-batch-size";
    static final String SERVED_BY = "x-served-by";
    static final String SERVER_TIMING = "Server-Timing";

    private static final String PROTOCOL = "http";
    private static final String ATTRIBUTE = Exchange.class.getName();

    private Exchanges() {}

    /** The exchange of a request; one with a new id for a request that came past the filter. */
    static Exchange of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Exchange exchange) {
            return exchange;
        }
        Exchange exchange =
                new Exchange(PROTOCOL, request.getHeader(REQUEST_ID), request.getRequestURI());
        request.setAttribute(ATTRIBUTE, exchange);
        return exchange;
    }

    /** Sets the headers that every answer of an operation of ours carries. */
    static void tell(Exchange exchange, HttpServletResponse response) {
        if (exchange.operation() == null) {
            return;
        }
        response.setHeader(SERVER_TIMING, exchange.serverTiming());
        response.setHeader(BATCH_SIZE, String.valueOf(exchange.batchSize()));
        if (exchange.fallback()) {
            response.setHeader(SERVED_BY, "fallback");
        }
    }
}
