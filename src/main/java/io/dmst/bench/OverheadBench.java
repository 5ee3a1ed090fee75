package io.dmst.bench;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the server itself costs: this program, serving a model that costs next to nothing in a
 * process of its own, under a share of the load that saturates it, by one protocol after the other.
 */
public final class OverheadBench {

    private final Program program;
    private final Settings settings;

    /**
     * How to measure.
     *
     * @param share of the saturation, positive
     * @param load of the measurement of each protocol
     * @param protocols at least one
     * @param serverArguments of the service, besides its model and ports
     */
    public record Settings(
            double share,
            LoadBench.Settings load,
            List<Protocol> protocols,
            List<String> serverArguments) {

        public Settings {
            protocols = List.copyOf(protocols);
            serverArguments = List.copyOf(serverArguments);
            if (!(share > 0 && share <= 10)) {
                throw new IllegalArgumentException(
                        "the share of the saturation must be positive and at most 10");
            }
        }
    }

    /** A measurement of a program. */
    public OverheadBench(Program program, Settings settings) {
        this.program = program;
        this.settings = settings;
    }

    /**
     * Measures.
     *
     * @param progress receives a line now and then
     * @throws IOException if the server does not start, with its last lines
     * @throws InterruptedException if the thread is
     */
    public OverheadReport run(Consumer<String> progress) throws IOException, InterruptedException {
        return program.measured(() -> report(progress));
    }

    private OverheadReport report(Consumer<String> progress)
            throws IOException, InterruptedException {
        Machine machine = Machine.with(program);
        progress.accept("starting a server with the identity model");
        try (TemporaryModel model = new TemporaryModel()) {
            List<String> arguments = new ArrayList<>(model.arguments());
            arguments.addAll(settings.serverArguments());
            try (ChildServer server = ChildServer.start(program, arguments)) {
                List<OverheadReport.Row> rows = new ArrayList<>();
                for (Protocol protocol : settings.protocols()) {
                    progress.accept(protocol.word() + ":");
                    rows.add(measured(protocol, server, progress));
                }
                return new OverheadReport(machine, rows);
            }
        }
    }

    private OverheadReport.Row measured(
            Protocol protocol, ChildServer server, Consumer<String> progress)
            throws InterruptedException {
        try (Metered target =
                new Metered(
                        Targets.of(List.of(server.address(protocol)), Operation.CLASSIFY, null))) {
            LoadBench bench = new LoadBench(target, IdentityModel.photographs(), settings.load());
            Saturation saturation = bench.saturation(progress);
            double rate = settings.share() * saturation.rate();
            target.reset();
            Duration serverBefore = server.cpuTime();
            Duration clientBefore = ChildServer.ownCpuTime();
            LoadReport.Measured measured = bench.open(rate);
            long requests = Math.max(1, target.answers());
            return new OverheadReport.Row(
                    protocol.word(),
                    saturation,
                    rate,
                    milliseconds(server.cpuTime().minus(serverBefore)) / requests,
                    milliseconds(ChildServer.ownCpuTime().minus(clientBefore)) / requests,
                    measured);
        }
    }

    private static double milliseconds(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
