package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.bench.SoakLedger.Verdict;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SoakReportTests {

    private static final Machine MACHINE = new Machine("p", 2, "s", "25", 0, "now", List.of());

    private static SoakReport report(
            SoakLedger ledger, long counted, IntFunction<ProcessUse> sample) {
        return report(ledger, counted, sample, 0);
    }

    private static SoakReport report(
            SoakLedger ledger, long counted, IntFunction<ProcessUse> sample, double heapBytes) {
        List<ProcessUse> samples = IntStream.range(0, 100).mapToObj(sample).toList();
        return new SoakReport(
                MACHINE,
                100,
                20,
                ledger.counts(),
                ledger.complaints(),
                samples,
                ledger.sent(),
                counted,
                heapBytes);
    }

    private static ProcessUse flat(int second) {
        // what is used while it warms up does not count
        return new ProcessUse(second < 20 ? 5_000 : 100_000 + second % 7, 50 + second % 3, 30);
    }

    private static SoakLedger right() {
        SoakLedger ledger = new SoakLedger();
        ledger.count("good", 1, Verdict.RIGHT, "");
        ledger.count("stream", 10, Verdict.RIGHT, "");
        ledger.count("cancelled", 1, Verdict.LEFT, "");
        return ledger;
    }

    @Test
    void aServerThatAnswersAndDoesNotGrowIsGood() {
        SoakReport report = report(right(), 11, SoakReportTests::flat);
        assertThat(report.good()).isTrue();
        assertThat(report.text()).contains("nothing was lost, nothing grows", "11 of 12 requests");
    }

    @Test
    void aHeapThatWasNeverCollectedWholeHasNoSize() {
        assertThat(report(right(), 11, SoakReportTests::flat, 0).text())
                .contains("it needed no full collection")
                .doesNotContain("MiB");
        assertThat(report(right(), 11, SoakReportTests::flat, 33.7 * (1 << 20)).text())
                .contains("its heap after the last full collection: 33.7 MiB");
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"WRONG", "DOUBLE", "LOST"})
    void oneBadAnswerIsToldAndSpoilsIt(Verdict verdict) {
        SoakLedger ledger = right();
        ledger.count("good", 1, verdict, "no end");
        SoakReport report = report(ledger, 13, SoakReportTests::flat);
        assertThat(report.good()).isFalse();
        assertThat(report.text()).contains("good: " + verdict + ", no end", "FAILED");
    }

    @Test
    void moreAnswersThanRequestsAreNoticed() {
        assertThat(report(right(), 13, SoakReportTests::flat).good()).isFalse();
    }

    @Test
    void whatGrowsIsNoticed() {
        assertThat(report(right(), 12, s -> new ProcessUse(100_000 + 60L * s, 50, 30)).good())
                .as("memory, by 4 % from fifth to fifth")
                .isFalse();
        assertThat(report(right(), 12, s -> new ProcessUse(100_000 + 30L * s, 50, 30)).good())
                .as("memory, by 2 %")
                .isTrue();
        assertThat(report(right(), 12, s -> new ProcessUse(100_000, 50 + s, 30)).good())
                .as("files")
                .isFalse();
        assertThat(report(right(), 12, s -> new ProcessUse(100_000, 50, 30 + s)).good())
                .as("threads")
                .isFalse();
    }
}
