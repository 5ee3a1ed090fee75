package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;
import static io.dmst.inference.FailureCode.TOO_LARGE;
import static io.dmst.inference.FailureCode.UNSUPPORTED_MEDIA_TYPE;

import io.dmst.pipeline.BodyBudget;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.PipelineProperties;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Reads bodies within their limits and the memory that all of them may take. */
@Component
class Bodies {

    private final PipelineProperties limits;
    private final BodyBudget budget;

    Bodies(PipelineProperties limits, BodyBudget budget) {
        this.limits = limits;
        this.budget = budget;
    }

    /** Takes the memory for a body, as long as it says or as long as it may be. */
    Checked<DataSize> reserve(HttpServletRequest request, DataSize limit, Exchange exchange) {
        long length = encoding(request).isEmpty() ? request.getContentLengthLong() : -1;
        if (length > limit.toBytes()) {
            return tooLarge(limit);
        }
        long bytes = length < 0 ? limit.toBytes() : length;
        if (!budget.reserve(bytes)) {
            return new Checked.Refused<>(BodyBudget.exhausted());
        }
        exchange.reserved(bytes);
        return Checked.accepted(limit);
    }

    /** All of a body, which may be compressed. */
    Checked<byte[]> whole(HttpServletRequest request, Exchange exchange) {
        DataSize limit = limits.maxRequestSize();
        return reserve(request, limit, exchange).then(size -> whole(request, size));
    }

    private static Checked<byte[]> whole(HttpServletRequest request, DataSize limit) {
        LimitedBody body = null;
        try {
            InputStream plain =
                    switch (encoding(request)) {
                        case "" -> request.getInputStream();
                        case "gzip" -> new GZIPInputStream(request.getInputStream());
                        case "deflate" -> new InflaterInputStream(request.getInputStream());
                        default -> null;
                    };
            if (plain == null) {
                return Checked.refused(
                        UNSUPPORTED_MEDIA_TYPE, "Content-Encoding must be gzip, deflate or absent");
            }
            body = new LimitedBody(plain, limit.toBytes());
            return Checked.accepted(body.readAllBytes());
        } catch (IOException e) {
            return body != null && body.exceeded() ? tooLarge(limit) : unreadable();
        }
    }

    private static String encoding(HttpServletRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return encoding == null || encoding.equalsIgnoreCase("identity")
                ? ""
                : encoding.toLowerCase(Locale.ROOT);
    }

    static <T> Checked<T> tooLarge(DataSize limit) {
        return Checked.refused(
                TOO_LARGE,
                "the body is larger than %d bytes, the limit for its type; send less"
                        .formatted(limit.toBytes()));
    }

    static <T> Checked<T> unreadable() {
        return Checked.refused(INVALID_ARGUMENT, "the body ended early or could not be read");
    }
}
