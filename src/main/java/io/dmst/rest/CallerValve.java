package io.dmst.rest;

import jakarta.servlet.ServletException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Lets a request see whether its client has closed the connection, which HTTP/1.1 has no message
 * for: a read that does not wait meets the end of the stream. What it meets instead is left for the
 * next request, and where that has come nothing can be told.
 *
 * <p>A client that closes its half of the connection and still listens cannot be told from one that
 * has gone, and is taken for gone; other servers do the same.
 */
final class CallerValve extends ValveBase {

    private static final String ATTRIBUTE = CallerValve.class.getName();

    CallerValve() {
        super(true);
    }

    /** Looks whether the client has gone; on the request's own thread alone. */
    static BooleanSupplier gone(jakarta.servlet.http.HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof BooleanSupplier gone ? gone : () -> false;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        BooleanSupplier gone = () -> gone(request.getCoyoteRequest());
        request.setAttribute(ATTRIBUTE, gone);
        getNext().invoke(request, response);
    }

    /** Tomcat counts an end or an error that it meets as something to read, but holds nothing. */
    private static boolean gone(org.apache.coyote.Request request) {
        request.action(ActionCode.AVAILABLE, true);
        if (request.getAvailable() == 0) {
            return false;
        }
        request.action(ActionCode.AVAILABLE, false);
        return request.getAvailable() == 0;
    }
}
