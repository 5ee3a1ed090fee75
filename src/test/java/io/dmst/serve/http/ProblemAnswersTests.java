package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.FailureCode;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemAnswersTests {

    @Test
    void everyFailureHasTheStatusThatIsPromised() {
        Map<FailureCode, Integer> statuses = new EnumMap<>(FailureCode.class);
        for (FailureCode code : FailureCode.values()) {
            statuses.put(code, ProblemAnswers.status(code).value());
        }
        assertThat(statuses)
                .isEqualTo(
                        Map.ofEntries(
                                Map.entry(FailureCode.INVALID_ARGUMENT, 400),
                                Map.entry(FailureCode.INVALID_IMAGE, 422),
                                Map.entry(FailureCode.UNSUPPORTED_MEDIA_TYPE, 415),
                                Map.entry(FailureCode.TOO_LARGE, 413),
                                Map.entry(FailureCode.UNAUTHENTICATED, 401),
                                Map.entry(FailureCode.FORBIDDEN, 403),
                                Map.entry(FailureCode.UNKNOWN_MODEL, 404),
                                Map.entry(FailureCode.OVERLOADED, 429),
                                Map.entry(FailureCode.DEADLINE_EXCEEDED, 504),
                                Map.entry(FailureCode.NOT_READY, 503),
                                Map.entry(FailureCode.UPSTREAM_UNAVAILABLE, 502),
                                Map.entry(FailureCode.INTERNAL, 500)));
    }
}
