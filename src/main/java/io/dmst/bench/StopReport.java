package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What {@link StopBench} has seen.
 *
 * @param machine that clients and servers shared
 * @param clients at a time
 * @param rounds in their order
 */
public record StopReport(Machine machine, int clients, List<Round> rounds) {

    public StopReport {
        rounds = List.copyOf(rounds);
    }

    /**
     * One stop of a server.
     *
     * @param killed whether it was killed
     * @param seconds until its process had ended
     * @param answers before
     * @param refused clients that were told that it stops
     * @param unreached clients that found no server any more
     * @param broken what the clients saw whose last request has no answer
     * @param lost what the clients saw that got no answer from the second server either
     */
    public record Round(
            boolean killed,
            double seconds,
            long answers,
            int refused,
            int unreached,
            List<String> broken,
            List<String> lost) {

        public Round {
            broken = List.copyOf(broken);
            lost = List.copyOf(lost);
        }

        /** Whether nothing was lost; a killed server may break connections, but cleanly. */
        boolean good() {
            return lost.isEmpty() && (killed || broken.isEmpty()) && Double.isFinite(seconds);
        }

        String line() {
            return String.format(
                    Locale.ROOT,
                    "%s in %.1f s: %d answers, %d refused, %d not connected, %d broken %s, %d lost"
                            + " elsewhere %s",
                    killed ? "killed" : "stopped",
                    seconds,
                    answers,
                    refused,
                    unreached,
                    broken.size(),
                    killed ? "" : broken,
                    lost.size(),
                    lost);
        }
    }

    /** Whether every round went as it must. */
    public boolean good() {
        return rounds.stream().allMatch(Round::good);
    }

    /** As text for a terminal. */
    public String text() {
        Table table =
                new Table(
                        "",
                        "rounds",
                        "answers",
                        "refused",
                        "not connected",
                        "broken",
                        "lost",
                        "longest s");
        for (boolean killed : new boolean[] {false, true}) {
            List<Round> some = rounds.stream().filter(round -> round.killed() == killed).toList();
            table.row(
                    killed ? "killed" : "stopped",
                    String.valueOf(some.size()),
                    String.valueOf(some.stream().mapToLong(Round::answers).sum()),
                    String.valueOf(some.stream().mapToInt(Round::refused).sum()),
                    String.valueOf(some.stream().mapToInt(Round::unreached).sum()),
                    String.valueOf(some.stream().mapToInt(round -> round.broken().size()).sum()),
                    String.valueOf(some.stream().mapToInt(round -> round.lost().size()).sum()),
                    String.format(
                            Locale.ROOT,
                            "%.1f",
                            some.stream().mapToDouble(Round::seconds).max().orElse(0)));
        }
        return "%s%n%d clients at a time%n%s%s%n"
                .formatted(
                        machine.line(),
                        clients,
                        table,
                        good()
                                ? "no request was left without an answer"
                                : "FAILED: requests were left without an answer");
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        ReportFiles.json(file, this);
    }
}
