package io.dmst.rest;

import io.dmst.pipeline.Exchange;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;

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

    /** Headers that every answer of an operation of ours carries. */
    static HttpHeaders headers(Exchange exchange) {
        HttpHeaders headers = new HttpHeaders();
        if (exchange.operation() == null) {
            return headers;
        }
        headers.set(SERVER_TIMING, exchange.serverTiming());
        headers.set(BATCH_SIZE, String.valueOf(exchange.batchSize()));
        if (exchange.fallback()) {
            headers.set(SERVED_BY, "fallback");
        }
        return headers;
    }
}
