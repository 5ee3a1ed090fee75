package io.dmst.serve.http;

import io.dmst.serve.predict.RequestContext;
import jakarta.servlet.http.HttpServletRequest;

/** The {@link RequestContext} of an HTTP request, and the names of the headers made of it. */
final class HttpContext {

    static final String REQUEST_ID = "X-Request-Id";
    static final String BATCH_SIZE = "x-batch-size";
    static final String SERVED_BY = "x-served-by";
    static final String SERVER_TIMING = "Server-Timing";

    private static final String PROTOCOL = "http";
    private static final String ATTRIBUTE = RequestContext.class.getName();

    private HttpContext() {}

    /** The context of a request; a new one for a request that did not pass the filter. */
    static RequestContext of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestContext context) {
            return context;
        }
        RequestContext context =
                RequestContext.start(
                        PROTOCOL, request.getHeader(REQUEST_ID), request.getRequestURI());
        request.setAttribute(ATTRIBUTE, context);
        return context;
    }
}
