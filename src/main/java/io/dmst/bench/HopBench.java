package io.dmst.bench;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a gateway adds to a service that computes itself: three processes of this program on the
 * same processors, one that computes, and a gateway before an inference node, which are asked in
 * turn.
 */
public final class HopBench {

    private static final String LOCAL = "local";
    private static final String GATEWAY = "gateway";
    private static final String NODE = "node";
    private static final String CLIENT = "client";

    private final Program program;
    private final Settings settings;

    /**
     * How to measure.
     *
     * @param protocol of the client
     * @param users that ask at a time
     * @param warmUp of all together
     * @param turn of each of the two in a round, positive
     * @param rounds at least 1
     * @param serverArguments of all three, besides their ports
     */
    public record Settings(
            Protocol protocol,
            int users,
            Duration warmUp,
            Duration turn,
            int rounds,
            List<String> serverArguments) {

        public Settings {
            serverArguments = List.copyOf(serverArguments);
            if (users < 1 || rounds < 1 || !turn.isPositive()) {
                throw new IllegalArgumentException(
                        "users and rounds must be at least 1, a turn takes more than no time");
            }
        }
    }

    /** A measurement of a program. */
    public HopBench(Program program, Settings settings) {
        this.program = program;
        this.settings = settings;
    }

    /**
     * Measures.
     *
     * @param photographs that are sent in turn
     * @param progress receives a line now and then
     * @throws IOException if a server does not start, with its last lines
     * @throws InterruptedException if the thread is
     */
    public HopReport run(Photographs photographs, Consumer<String> progress)
            throws IOException, InterruptedException {
        Machine machine = Machine.with(program);
        progress.accept("starting a service, an inference node and a gateway");
        try (ChildServer local = ChildServer.start(program, settings.serverArguments());
                ChildServer node = ChildServer.start(program, settings.serverArguments());
                ChildServer gateway = ChildServer.start(program, gatewayArguments(node));
                Metered toLocal = target(local);
                Metered toGateway = target(gateway)) {
            Map<String, Supplier<Duration>> one = new LinkedHashMap<>();
            one.put(LOCAL, local::cpuTime);
            one.put(CLIENT, ChildServer::ownCpuTime);
            Map<String, Supplier<Duration>> two = new LinkedHashMap<>();
            two.put(GATEWAY, gateway::cpuTime);
            two.put(NODE, node::cpuTime);
            two.put(CLIENT, ChildServer::ownCpuTime);
            progress.accept("measuring");
            Map<String, List<Contest.Turn>> turns =
                    new Contest(
                                    List.of(
                                            new Contest.Contender(LOCAL, toLocal, one),
                                            new Contest.Contender(GATEWAY, toGateway, two)),
                                    photographs,
                                    settings.users(),
                                    settings.turn())
                            .run(settings.warmUp(), settings.rounds());
            return HopReport.of(
                    machine,
                    settings,
                    new HopReport.Way(LOCAL, toLocal.outcomes(), toLocal.latency()),
                    new HopReport.Way(GATEWAY, toGateway.outcomes(), toGateway.latency()),
                    turns);
        }
    }

    private List<String> gatewayArguments(ChildServer node) {
        List<String> arguments = new ArrayList<>(settings.serverArguments());
        arguments.add("--dmst.inference.mode=remote");
        arguments.add("--dmst.gateway.nodes=localhost:" + node.grpcPort());
        return arguments;
    }

    private Metered target(ChildServer server) {
        return new Metered(
                Targets.of(List.of(server.address(settings.protocol())), Operation.CLASSIFY, null));
    }
}
