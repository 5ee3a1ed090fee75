package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopReportTests {

    private static StopReport.Round round(boolean killed, List<String> broken, List<String> lost) {
        return new StopReport.Round(killed, 1.5, 100, 3, 1, broken, lost);
    }

    private static StopReport report(StopReport.Round... rounds) {
        return new StopReport(
                new Machine("p", 2, "s", "25", 0, "now", List.of()), 6, List.of(rounds));
    }

    @Test
    void onlyAKilledServerMayBreakAConnection() {
        StopReport report =
                report(
                        round(false, List.of(), List.of()),
                        round(true, List.of("reset"), List.of()));
        assertThat(report.good()).isTrue();
        assertThat(report.text()).contains("no request was left without an answer");
        assertThat(report(round(false, List.of("reset"), List.of())).good()).isFalse();
    }

    @Test
    void whoGetsNoAnswerElsewhereIsLost() {
        StopReport report = report(round(true, List.of("reset"), List.of("reset again")));
        assertThat(report.good()).isFalse();
        assertThat(report.text()).contains("FAILED");
        assertThat(report.rounds().getFirst().line()).contains("reset again");
    }

    @Test
    void aServerThatDoesNotEndIsNotGood() {
        StopReport.Round hangs =
                new StopReport.Round(
                        false, Double.POSITIVE_INFINITY, 1, 1, 0, List.of(), List.of());
        assertThat(report(hangs).good()).isFalse();
    }
}
