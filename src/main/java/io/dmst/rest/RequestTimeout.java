package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import io.dmst.inference.Deadline;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header by which a caller bounds the whole request, in seconds. */
final class RequestTimeout {

    static final String HEADER = "Request-Timeout";

    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

    private RequestTimeout() {}

    /**
     * The point at which the request's time is over.
     *
     * @param header its value, or absent for the configured default
     * @param elapsed since the request came
     */
    static Checked<Deadline> deadline(
            @Nullable String header, RestProperties properties, Duration elapsed) {
        if (header == null) {
            return Checked.accepted(Deadline.after(properties.timeout().minus(elapsed)));
        }
        if (!SECONDS.matcher(header).matches()) {
            return Checked.refused(
                    INVALID_ARGUMENT,
                    "the header %s must be seconds, as in 2.5, or left out".formatted(HEADER));
        }
        Duration asked = Duration.ofNanos(new BigDecimal(header).multiply(NANOS).longValueExact());
        Duration longest = properties.maxTimeout();
        Duration bounded = asked.compareTo(longest) < 0 ? asked : longest;
        return Checked.accepted(Deadline.after(bounded.minus(elapsed)));
    }
}
