package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What other servers tell is read too, and what they should not tell does no harm. */
class ServerTimingTests {

    @Test
    void everyStageIsReadInMilliseconds() {
        assertThat(ServerTiming.stages("decode;dur=0.004, queue;dur=12.5, compute;dur=100"))
                .isEqualTo(Map.of("decode", 0.004, "queue", 12.5, "compute", 100.0));
    }

    @Test
    void spacesAndOtherParametersDoNotMatter() {
        assertThat(ServerTiming.stages(" db ; dur=1.5 ;desc=x,cache;desc=hit;dur=0.2,miss,"))
                .isEqualTo(Map.of("db", 1.5, "cache", 0.2));
    }

    @Test
    void whatIsNoTimeIsLeftOut() {
        assertThat(ServerTiming.stages(null)).isEmpty();
        assertThat(ServerTiming.stages("")).isEmpty();
        assertThat(ServerTiming.stages("dur=1, a;dur=, b;dur=x, c;dur=1.2.3, d;dur=4"))
                .isEqualTo(Map.of("d", 4.0));
    }

    @Test
    void aBatchSizeThatIsNoNumberIsNone() {
        assertThat(ServerTiming.batchSize("7")).isEqualTo(7);
        assertThat(ServerTiming.batchSize(null)).isZero();
        assertThat(ServerTiming.batchSize("many")).isZero();
    }
}
