package io.dmst.cli;

import io.dmst.bench.Photographs;
import io.dmst.bench.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that measure two in turn, round by round, by a client's requests. */
final class RoundOptions {

    private static final int SIDES = 2;

    @Option(names = "--protocol", description = "Of the client: ${COMPLETION-CANDIDATES}.")
    private Protocol protocol = Protocol.REST;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at a time.")
    private int concurrency;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            description = "That is measured, of both together.")
    private double duration;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Of both together.")
    private double warmUp = 30;

    @Option(names = "--rounds", description = "In which each has a turn.")
    private int rounds;

    @Option(
            names = "--image",
            paramLabel = "FILE|DIR",
            description = "What is sent, in turn; a bundled photograph if absent.")
    private @Nullable Path image;

    /** With what holds where no option says otherwise. */
    RoundOptions(int concurrency, double duration, int rounds) {
        this.concurrency = concurrency;
        this.duration = duration;
        this.rounds = rounds;
    }

    Protocol protocol() {
        return protocol;
    }

    int concurrency() {
        return concurrency;
    }

    /** Of both together. */
    Duration warmUp() {
        return BenchFiles.seconds(warmUp);
    }

    /** Of one of the two in one round. */
    Duration turn() {
        return BenchFiles.seconds(duration / (SIDES * (double) Math.max(1, rounds)));
    }

    int rounds() {
        return rounds;
    }

    /**
     * What is sent.
     *
     * @throws IOException if it cannot be read
     */
    Photographs photographs() throws IOException {
        return Photographs.of(image);
    }
}
