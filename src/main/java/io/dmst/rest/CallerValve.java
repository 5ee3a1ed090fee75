package io.dmst.rest;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Lets a request see whether its client has closed the connection, which HTTP/1.1 has no message
 * for: a read that does not wait meets the end of the stream. What it meets instead is put back for
 * the next request, and where that has come nothing can be told.
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

    /** Beside Tomcat's own buffer of the request, which may hold the beginning of the next one. */
    private static boolean gone(org.apache.coyote.Request request) {
        SocketWrapperBase<?> connection = WatchedHttp11.connection(request);
        if (connection == null) {
            return false;
        }
        ByteBuffer first = ByteBuffer.allocate(1);
        try {
            int read = connection.read(false, first);
            if (read > 0) {
                connection.unRead(first.flip());
            }
            return read < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
