package io.dmst.bench;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a service still answers in time of several times the load that it bears: a closed loop of as
 * many users as saturate it and an open loop at a multiple of what they have just reached, in turn,
 * so that a machine that becomes faster or slower meanwhile does so for both. What the overload
 * answers is held against the mean of the closed loops before and after it.
 */
public final class OverloadBench {

    /** Of each turn, before it is measured: the queues fill, and the client's garbage goes. */
    private static final Duration RAMP = Duration.ofSeconds(1);

    private final Program program;
    private final Settings settings;

    /**
     * How to measure.
     *
     * @param protocol of the client
     * @param users that saturate the service, at least 1
     * @param times what they reach is asked for in the overload, positive
     * @param timeout of a request in the overload, positive
     * @param warmUp of both loops together, in turn; a turn of each at least
     * @param turn of each of the two in a round, positive
     * @param rounds at least 1
     * @param serverArguments of the service, besides its ports
     */
    public record Settings(
            Protocol protocol,
            int users,
            double times,
            Duration timeout,
            Duration warmUp,
            Duration turn,
            int rounds,
            List<String> serverArguments) {

        public Settings {
            serverArguments = List.copyOf(serverArguments);
            if (users < 1 || rounds < 1 || !(times > 0)) {
                throw new IllegalArgumentException(
                        "users and rounds must be at least 1, the load more than none");
            }
            if (!turn.isPositive() || !timeout.isPositive()) {
                throw new IllegalArgumentException("a turn and a timeout take more than no time");
            }
        }
    }

    /** A measurement of a program that serves. */
    public OverloadBench(Program program, Settings settings) {
        this.program = program;
        this.settings = settings;
    }

    /**
     * Measures.
     *
     * @param photographs that are classified in turn
     * @param progress receives a line now and then
     * @throws IOException if the server does not start, with its last lines
     * @throws InterruptedException if the thread is
     * @throws IllegalStateException if the users are answered nothing
     */
    public OverloadReport run(Photographs photographs, Consumer<String> progress)
            throws IOException, InterruptedException {
        return program.measured(() -> report(photographs, progress));
    }

    private OverloadReport report(Photographs photographs, Consumer<String> progress)
            throws IOException, InterruptedException {
        Machine machine = Machine.with(program);
        progress.accept("starting a service");
        try (ChildServer server = ChildServer.start(program, settings.serverArguments())) {
            List<URI> address = List.of(server.address(settings.protocol()));
            try (Target patient = Targets.of(address, Operation.CLASSIFY, null);
                    Metered hurried =
                            new Metered(
                                    Targets.of(address, Operation.CLASSIFY, settings.timeout()))) {
                return report(machine, patient, hurried, photographs, progress);
            }
        }
    }

    private OverloadReport report(
            Machine machine,
            Target patient,
            Metered hurried,
            Photographs photographs,
            Consumer<String> progress)
            throws InterruptedException {
        progress.accept("warming up");
        double peak;
        long begun = System.nanoTime();
        do {
            peak = saturated(patient, photographs);
            overloaded(hurried, photographs, peak, 0);
        } while (System.nanoTime() - begun < settings.warmUp().toNanos());
        hurried.reset();
        progress.accept(String.format(Locale.ROOT, "measuring; %.1f/s at saturation", peak));
        List<OverloadReport.Round> rounds = new ArrayList<>();
        peak = saturated(patient, photographs);
        for (int round = 1; round <= settings.rounds(); round++) {
            LoadReport.Measured overload = overloaded(hurried, photographs, peak, round);
            double after = saturated(patient, photographs);
            rounds.add(OverloadReport.Round.of(peak, overload, after, settings.times()));
            peak = after;
        }
        return new OverloadReport(
                machine,
                settings.protocol().word(),
                settings.users(),
                settings.times(),
                settings.timeout().toNanos() / 1e9,
                rounds,
                ServiceReport.Answers.of(hurried),
                hurried.refusals());
    }

    /** Answers per second at saturation. */
    private double saturated(Target target, Photographs photographs) throws InterruptedException {
        double reached = bench(target, photographs, null, 1).closed(settings.users()).throughput();
        if (reached <= 0) {
            throw new IllegalStateException("the server answered no request well");
        }
        return reached;
    }

    private LoadReport.Measured overloaded(
            Target target, Photographs photographs, double peak, int seed)
            throws InterruptedException {
        return bench(target, photographs, settings.timeout(), seed).open(settings.times() * peak);
    }

    private LoadBench bench(
            Target target, Photographs photographs, @Nullable Duration timeout, int seed) {
        return new LoadBench(
                target,
                photographs,
                new LoadBench.Settings(RAMP, settings.turn(), settings.turn(), timeout, seed));
    }
}
