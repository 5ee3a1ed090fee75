package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueryTests {

    @Test
    void metricsMatchersAndGroupsAreTold() {
        Query query =
                Query.of(
                        "1e3 * sum by (job, le) (rate(a_bucket{x=~\"b|c\", y!=\"\"}[$__rate_interval]))"
                                + " / on (job) group_left (z) max_over_time(b:c:d[5m] offset 1h) > bool 2");
        assertThat(query.metrics())
                .isEqualTo(
                        Map.of(
                                "a_bucket",
                                Map.of("x", Set.of("b", "c"), "y", Set.of("")),
                                "b:c:d",
                                Map.of()));
        assertThat(query.grouping()).containsExactly("job", "le", "z");
    }

    @Test
    void whatLooksLikeAMetricWithinAStringIsNone() {
        assertThat(Query.of("up{job=\"dmst_x{y}\"} or vector(0)").metrics().keySet())
                .containsExactly("up");
    }
}
