package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.FailureCode;
import io.grpc.Status.Code;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusesTests {

    @Test
    void theTableIsThePublishedOne() {
        Map<FailureCode, Code> table = new EnumMap<>(FailureCode.class);
        for (FailureCode code : FailureCode.values()) {
            table.put(code, Statuses.code(code));
        }
        assertThat(table)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry(FailureCode.INVALID_ARGUMENT, Code.INVALID_ARGUMENT),
                                Map.entry(FailureCode.INVALID_IMAGE, Code.INVALID_ARGUMENT),
                                Map.entry(
                                        FailureCode.UNSUPPORTED_MEDIA_TYPE, Code.INVALID_ARGUMENT),
                                Map.entry(FailureCode.TOO_LARGE, Code.INVALID_ARGUMENT),
                                Map.entry(FailureCode.UNAUTHENTICATED, Code.UNAUTHENTICATED),
                                Map.entry(FailureCode.FORBIDDEN, Code.PERMISSION_DENIED),
                                Map.entry(FailureCode.UNKNOWN_MODEL, Code.NOT_FOUND),
                                Map.entry(FailureCode.OVERLOADED, Code.RESOURCE_EXHAUSTED),
                                Map.entry(FailureCode.DEADLINE_EXCEEDED, Code.DEADLINE_EXCEEDED),
                                Map.entry(FailureCode.NOT_READY, Code.UNAVAILABLE),
                                Map.entry(FailureCode.UPSTREAM_UNAVAILABLE, Code.UNAVAILABLE),
                                Map.entry(FailureCode.INTERNAL, Code.INTERNAL)));
    }
}
