package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;
import static io.dmst.serve.predict.FailureCode.TOO_LARGE;
import static io.dmst.serve.predict.FailureCode.UNSUPPORTED_MEDIA_TYPE;

import io.dmst.serve.predict.BodyMemory;
import io.dmst.serve.predict.BodyTimeoutException;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * Reads whole bodies, decompressed, on the request's own thread: within a limit, charged to the
 * {@link BodyMemory} as the bytes arrive, and until the request's deadline. A connection that sends
 * nothing for {@link HttpServerConfiguration#IDLE_BODY} is ended by the server's own timeout.
 */
@Component
class BodyReader {

    private static final String ATTRIBUTE = BodyMemory.Body.class.getName();
    private static final int CHUNK = 1 << 16;

    /** Tomcat answers a silent connection itself, without the failure that is thrown here. */
    static final Failure IDLE =
            new Failure(
                    FailureCode.DEADLINE_EXCEEDED,
                    "no more of the body arrived for %d seconds"
                            .formatted(HttpServerConfiguration.IDLE_BODY.toSeconds()));

    private final BodyMemory memory;

    BodyReader(BodyMemory memory) {
        this.memory = memory;
    }

    /**
     * All of a body. Its memory is charged until the request is finished.
     *
     * @param limit in bytes, of what is sent and of what it decompresses to
     * @throws FailureException if it is too large, malformed, too slow or compressed in another way
     */
    byte[] read(HttpServletRequest request, DataSize limit, Deadline deadline) {
        if (request.getContentLengthLong() > limit.toBytes()) {
            throw tooLarge(limit);
        }
        BodyMemory.Body body = memory.open(deadline);
        request.setAttribute(ATTRIBUTE, body);
        try (InputStream plain = decompressed(request)) {
            int expected = Math.max(0, Math.min(request.getContentLength(), CHUNK));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(expected);
            byte[] chunk = new byte[CHUNK];
            for (int read = plain.read(chunk); read >= 0; read = plain.read(chunk)) {
                body.received(read);
                if (bytes.size() + (long) read > limit.toBytes()) {
                    throw tooLarge(limit);
                }
                bytes.write(chunk, 0, read);
            }
            body.complete();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw timedOut(e)
                    ? new BodyTimeoutException(IDLE)
                    : new FailureException(
                            INVALID_ARGUMENT, "the body ended early or could not be read");
        }
    }

    private static boolean timedOut(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    private static InputStream decompressed(HttpServletRequest request) throws IOException {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
            case "identity" -> request.getInputStream();
            case "gzip" -> new GZIPInputStream(request.getInputStream());
            case "deflate" -> new InflaterInputStream(request.getInputStream());
            default ->
                    throw new FailureException(
                            UNSUPPORTED_MEDIA_TYPE,
                            "Content-Encoding must be gzip, deflate or absent");
        };
    }

    private static FailureException tooLarge(DataSize limit) {
        return new FailureException(
                TOO_LARGE,
                "the body is larger than %d bytes, the limit for its type; send less"
                        .formatted(limit.toBytes()));
    }

    /** Frees the memory of a request's body, if it has one. */
    static void release(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof BodyMemory.Body body) {
            body.close();
        }
    }
}
