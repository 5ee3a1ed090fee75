package io.dmst.bench;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the server itself costs: this program, serving a model that costs next to nothing in a
 * process of its own, under a share of the load that saturates it.
 */
public final class OverheadBench {

    private final String classPath;
    private final Settings settings;

    /**
     * How to measure.
     *
     * @param share of the saturation, positive
     * @param load of the measurement
     * @param mainClass of the program
     * @param serverArguments of the service, besides its model and ports
     */
    public record Settings(
            double share, LoadBench.Settings load, String mainClass, List<String> serverArguments) {

        public Settings {
            serverArguments = List.copyOf(serverArguments);
            if (!(share > 0 && share <= 10)) {
                throw new IllegalArgumentException(
                        "the share of the saturation must be positive and at most 10");
            }
        }
    }

    /**
     * A measurement of the program of a class path.
     *
     * @param classPath of this program, or its jar
     */
    public OverheadBench(String classPath, Settings settings) {
        this.classPath = classPath;
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
        Machine machine = Machine.here();
        Path model = Files.createTempDirectory("dmst-identity-");
        try {
            IdentityModel.write(model);
            List<String> arguments = new ArrayList<>(settings.serverArguments());
            arguments.add("--dmst.inference.model=" + model);
            progress.accept("starting a server with the identity model");
            try (ChildServer server =
                            ChildServer.start(classPath, settings.mainClass(), arguments);
                    Target target =
                            Targets.of(List.of(server.address()), Operation.CLASSIFY, null)) {
                return measure(machine, server, target, progress);
            }
        } finally {
            delete(model);
        }
    }

    private OverheadReport measure(
            Machine machine, ChildServer server, Target target, Consumer<String> progress)
            throws InterruptedException {
        LoadBench bench = new LoadBench(target, IdentityModel.photographs(), settings.load());
        Saturation saturation = bench.saturation(progress);
        double rate = settings.share() * saturation.rate();
        long begun = System.nanoTime();
        Duration serverBefore = server.cpuTime();
        Duration clientBefore = ownCpuTime();
        LoadReport.Measured measured = bench.open(rate);
        double requests = rate * (System.nanoTime() - begun) / 1e9;
        return new OverheadReport(
                machine,
                saturation,
                rate,
                milliseconds(server.cpuTime().minus(serverBefore)) / requests,
                milliseconds(ownCpuTime().minus(clientBefore)) / requests,
                measured);
    }

    private static Duration ownCpuTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static double milliseconds(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
