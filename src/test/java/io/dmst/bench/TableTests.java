package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTests {

    @Test
    void timesStandInMillisecondsBelowTheirHeads() {
        Table table = Table.ofTimes().times("answer", new Percentiles(7, 1.5, 1, 2, 3, 4, 12.25));
        assertThat(table.toString().lines().map(line -> line.trim().split(" +")))
                .containsExactly(
                        new String[] {"ms", "count", "mean", "p50", "p90", "p99", "p99.9", "max"},
                        new String[] {
                            "answer", "7", "1.500", "1.000", "2.000", "3.000", "4.000", "12.250"
                        });
    }

    @Test
    void whatNeverCameHasNoRow() {
        Table table = Table.ofTimes().times("refusal", new Percentiles(0, 0, 0, 0, 0, 0, 0));
        assertThat(table.toString().lines()).hasSize(1);
    }
}
