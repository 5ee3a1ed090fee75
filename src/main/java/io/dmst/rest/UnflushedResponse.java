package io.dmst.rest;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A response that leaves when it is complete or its buffer full. Message converters flush what they
 * have written, at which the container would send the length as unknown and the end of the body in
 * a packet of its own; nobody here answers bit by bit.
 */
final class UnflushedResponse extends HttpServletResponseWrapper {

    private final Runnable beforeBody;
    private @Nullable Body body;

    /**
     * @param beforeBody is run when somebody is about to write the body, and may still set headers
     */
    UnflushedResponse(HttpServletResponse response, Runnable beforeBody) {
        super(response);
        this.beforeBody = beforeBody;
    }

    @Override
    public void flushBuffer() {}

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (body == null) {
            beforeBody.run();
            body = new Body(super.getOutputStream());
        }
        return body;
    }

    @Override
    public void reset() {
        super.reset();
        body = null;
    }

    private static final class Body extends ServletOutputStream {

        private final ServletOutputStream body;

        Body(ServletOutputStream body) {
            this.body = body;
        }

        @Override
        public void write(int value) throws IOException {
            body.write(value);
        }

        @Override
        public void write(byte[] values, int offset, int length) throws IOException {
            body.write(values, offset, length);
        }

        @Override
        public void flush() {}

        /** The container closes it, once the answer is noted. */
        @Override
        public void close() {}

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            body.setWriteListener(listener);
        }
    }
}
