package io.dmst.bench;

import io.dmst.bench.Targets.Operation;
import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.image.Preprocessor;
import io.dmst.inference.InferenceProperties.EngineName;
import io.dmst.inference.session.BareEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How much of what the processors can do a service reaches: the {@link BareLoop} in this process,
 * and the service in one of its own under the load of as many users as saturate it, in turn, in an
 * order that is drawn anew in each round; then the service with a single user.
 *
 * <p>As a rule the client shares the processors with the service, and its part of their time is
 * told: what the service would reach if the client ran elsewhere is its throughput divided by the
 * part of the processors that the client left it. Where the program has processors of its own, the
 * bare loop runs on these too, and the client elsewhere indeed.
 */
public final class ServiceBench {

    private final Program program;
    private final ModelDirectory model;
    private final Settings settings;

    /**
     * How to measure.
     *
     * @param protocol of the client
     * @param users that ask at a time
     * @param warmUp of both together, in turn; a turn of each at least
     * @param turn of each of the two in a round, positive
     * @param rounds at least 1
     * @param batch images that the bare loop computes together; 0 for batches of the sizes that the
     *     service's had
     * @param serverArguments of the service, besides its ports; name the model here too if it is
     *     not the bundled one
     */
    public record Settings(
            Protocol protocol,
            int users,
            Duration warmUp,
            Duration turn,
            int rounds,
            int batch,
            List<String> serverArguments) {

        public Settings {
            serverArguments = List.copyOf(serverArguments);
            if (users < 1 || rounds < 1 || batch < 0 || !turn.isPositive()) {
                throw new IllegalArgumentException(
                        "users and rounds must be at least 1, a batch at least 0, a turn takes"
                                + " more than no time");
            }
        }
    }

    /** A measurement of a program that serves a model. */
    public ServiceBench(Program program, ModelDirectory model, Settings settings) {
        this.program = program;
        this.model = model;
        this.settings = settings;
    }

    /**
     * Measures.
     *
     * @param photographs that are classified in turn
     * @param progress receives a line now and then
     * @throws IOException if the server does not start, with its last lines
     * @throws InterruptedException if the thread is
     */
    public ServiceReport run(Photographs photographs, Consumer<String> progress)
            throws IOException, InterruptedException {
        return program.measured(() -> report(photographs, progress));
    }

    private ServiceReport report(Photographs photographs, Consumer<String> progress)
            throws IOException, InterruptedException {
        Machine machine = Machine.with(program);
        ModelConfig config = model.config();
        Preprocessor preprocessor =
                new Preprocessor(
                        config.imageSize().height(),
                        config.imageSize().width(),
                        config.preprocessing().cropFraction());
        progress.accept("starting a service");
        try (ChildServer server = ChildServer.start(program, settings.serverArguments());
                Metered target =
                        new Metered(
                                Targets.of(
                                        List.of(server.address(settings.protocol())),
                                        Operation.CLASSIFY,
                                        null));
                BareEngine engine = BareEngine.open(model, EngineName.ONNXRUNTIME, "auto", 1)) {
            BareLoop bare = new BareLoop(engine, preprocessor, photographs, machine);
            return measured(machine, server, target, bare, photographs, progress);
        }
    }

    private ServiceReport measured(
            Machine machine,
            ChildServer server,
            Metered target,
            BareLoop bare,
            Photographs photographs,
            Consumer<String> progress)
            throws InterruptedException {
        Contest saturated = contest(server, target, photographs, settings.users());
        progress.accept("warming up");
        BatchSizes sizes = warmedUp(saturated, target, bare);
        target.reset();
        progress.accept(
                String.format(Locale.ROOT, "measuring, batches of %.2f on average", sizes.mean()));
        List<ServiceReport.Round> rounds = new ArrayList<>();
        Random random = new Random(1);
        for (int round = 0; round < settings.rounds(); round++) {
            if (random.nextBoolean()) {
                Contest.Turn turn = turn(saturated);
                rounds.add(ServiceReport.Round.of(bare(bare, sizes), turn, machine));
            } else {
                ServiceReport.Bare alone = bare(bare, sizes);
                rounds.add(ServiceReport.Round.of(alone, turn(saturated), machine));
            }
        }
        ServiceReport.Answers atSaturation = ServiceReport.Answers.of(target);
        target.reset();
        progress.accept("one user");
        turn(contest(server, target, photographs, 1));
        return new ServiceReport(
                machine,
                model.config().name(),
                settings.protocol().word(),
                settings.users(),
                sizes.mean(),
                rounds,
                atSaturation,
                ServiceReport.Answers.of(target));
    }

    /**
     * Warms both up in turn: connections that were idle for all of the other's warm-up would meet a
     * server that has closed them.
     *
     * @return of the bare loop
     */
    private BatchSizes warmedUp(Contest saturated, Metered target, BareLoop bare)
            throws InterruptedException {
        long begun = System.nanoTime();
        BatchSizes sizes;
        do {
            target.reset();
            turn(saturated);
            sizes =
                    settings.batch() > 0
                            ? BatchSizes.always(settings.batch())
                            : target.batchSizes();
            bare.imagesPerSecond(sizes, settings.turn());
        } while (System.nanoTime() - begun < settings.warmUp().toNanos());
        return sizes;
    }

    private Contest contest(
            ChildServer server, Metered target, Photographs photographs, int users) {
        Map<String, Supplier<Duration>> processes = new LinkedHashMap<>();
        processes.put(ServiceReport.SERVER, server::cpuTime);
        processes.put(ServiceReport.CLIENT, ChildServer::ownCpuTime);
        return new Contest(
                List.of(new Contest.Contender("service", target, processes)),
                photographs,
                users,
                settings.turn());
    }

    private static Contest.Turn turn(Contest contest) throws InterruptedException {
        return contest.round().values().iterator().next();
    }

    private ServiceReport.Bare bare(BareLoop loop, BatchSizes sizes) throws InterruptedException {
        Duration before = ChildServer.ownCpuTime();
        long begun = System.nanoTime();
        double images = loop.imagesPerSecond(sizes, settings.turn());
        double seconds = (System.nanoTime() - begun) / 1e9;
        double cpu = ChildServer.ownCpuTime().minus(before).toNanos() / 1e6;
        return new ServiceReport.Bare(images, cpu / Math.max(1, images * seconds));
    }
}
