package io.dmst.container;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code docker-compose.yml} on this machine, under a name and on ports of its own. */
final class Composition implements AutoCloseable {

    static final String PROMETHEUS = Engine.variable("DMST_PROMETHEUS_IMAGE", "dmst-prometheus:2");

    private static final List<List<String>> COMMANDS =
            List.of(List.of("docker", "compose"), List.of("docker-compose"));

    private final List<String> command;
    private final String project = "dmst-test-" + ProcessHandle.current().pid();

    private Composition(List<String> command) {
        this.command = command;
    }

    /** Compose 2 or 1, whichever is there. */
    static Optional<Composition> find() throws Exception {
        for (List<String> command : COMMANDS) {
            Composition composition = new Composition(command);
            try {
                composition.compose("version");
                return Optional.of(composition);
            } catch (IOException e) {
                continue; // the other one
            }
        }
        return Optional.empty();
    }

    void up(String... services) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("up", "-d", "--no-build"));
        arguments.addAll(List.of(services));
        compose(arguments.toArray(String[]::new));
    }

    /** The port of this machine that leads to a service's. */
    int port(String service, int inside) throws Exception {
        String address = compose("port", service, String.valueOf(inside)).strip();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** The container of a service. */
    String container(String service) throws Exception {
        return run(List.of(
                        "docker",
                        "ps",
                        "-aq",
                        "--no-trunc",
                        "--filter",
                        "label=com.docker.compose.project=" + project,
                        "--filter",
                        "label=com.docker.compose.service=" + service))
                .strip();
    }

    void kill(String service) throws Exception {
        run(List.of("docker", "kill", container(service)));
    }

    void start(String service) throws Exception {
        run(List.of("docker", "start", container(service)));
    }

    String inspect(String service, String format) throws Exception {
        return run(List.of("docker", "inspect", "--format", format, container(service))).strip();
    }

    String logs(String service) throws Exception {
        return run(List.of("docker", "logs", "--tail", "30", container(service)));
    }

    private String compose(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("-p", project));
        all.addAll(List.of(arguments));
        return run(all);
    }

    private static String run(List<String> arguments) throws IOException, InterruptedException {
        return Engine.run(
                Map.of(
                        "DMST_IMAGE", Engine.image().asCanonicalNameString(),
                        "DMST_PROMETHEUS_IMAGE", PROMETHEUS,
                        "DMST_MEMORY", "1g",
                        "DMST_PORT", "0",
                        "DMST_GRPC_PORT", "0",
                        "DMST_PROMETHEUS_PORT", "0"),
                arguments);
    }

    @Override
    public void close() throws Exception {
        compose("down", "-v", "-t", "30");
    }
}
