package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.serve.predict.FailureException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header by which a caller bounds the whole request, in seconds. */
final class RequestTimeout {

    static final String HEADER = "Request-Timeout";

    static final String MEANING =
            "Seconds that the whole request may take, as in `2.5`; without it the service's default";

    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

    private RequestTimeout() {}

    /**
     * The time that a client allows.
     *
     * @param header its value, if it is there
     * @return absent without the header
     * @throws FailureException of {@link io.dmst.serve.predict.FailureCode#INVALID_ARGUMENT}
     */
    static @Nullable Duration asked(@Nullable String header) {
        if (header == null) {
            return null;
        }
        if (!SECONDS.matcher(header).matches()) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "the header %s must be seconds, as in 2.5, or left out".formatted(HEADER));
        }
        return Duration.ofNanos(new BigDecimal(header).multiply(NANOS).longValueExact());
    }
}
