package io.dmst.bench;

import io.dmst.scheduling.Affinity;
import io.dmst.scheduling.Turns;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * How this program is started as a service in a process of its own.
 *
 * @param classPath of it, or its jar
 * @param mainClass not used where the class path is its jar
 * @param jvmOptions of the virtual machine
 * @param processors that it has alone, as {@link Affinity} counts them; none if it runs where this
 *     process runs
 */
public record Program(
        String classPath, String mainClass, List<String> jvmOptions, List<Integer> processors) {

    /** Key of the port for health and metrics. */
    static final String MANAGEMENT_PORT = "management.server.port";

    private static final List<String> PORTS =
            List.of("server.port", MANAGEMENT_PORT, "spring.grpc.server.port");

    private static final Predicate<String> COLLECTOR =
            Pattern.compile("-XX:[+-]Use\\w+GC").asMatchPredicate();

    /** What the launcher chose, and whoever called it; a recording would be of two processes. */
    private static final Predicate<String> HANDED_ON =
            Pattern.compile("-XX:(?!StartFlightRecording).*").asMatchPredicate();

    public Program {
        jvmOptions = List.copyOf(jvmOptions);
        processors = List.copyOf(processors);
    }

    /** One that runs where this process runs. */
    public Program(String classPath, String mainClass, List<String> jvmOptions) {
        this(classPath, mainClass, jvmOptions, List.of());
    }

    /** The one that runs now. */
    public static Program running(
            String mainClass, List<String> jvmOptions, List<Integer> processors) {
        return new Program(
                System.getProperty("java.class.path", ""), mainClass, jvmOptions, processors);
    }

    /**
     * Starts it, on its processors.
     *
     * @param arguments of the service, besides its ports
     * @throws IllegalArgumentException if the machine has not these processors
     */
    Process start(List<String> arguments) throws IOException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(command(arguments)).redirectErrorStream(true);
        // a process inherits processors and turns from the thread that starts it
        FutureTask<Process> started =
                new FutureTask<>(() -> {
                    Turns.skip();
                    if (!processors.isEmpty()) {
                        Affinity.set(processors);
                    }
                    return process.start();
                });
        Thread.ofPlatform().name("starter").start(started);
        try {
            return started.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IOException("the server was not started: " + e.getCause(), e);
        }
    }

    /**
     * Measures it, by threads that wait for their turns as its own do, where it shares their
     * processors: a client that interrupted it at each answer would take it more time than it asks
     * for. What the client is late by counts as latency.
     */
    <T> T measured(Measurement<T> measurement) throws IOException, InterruptedException {
        if (!processors.isEmpty()) {
            return measurement.run();
        }
        Turns.take();
        try {
            return measurement.run();
        } finally {
            Turns.skip();
        }
    }

    /** What asks a server, and what it found. */
    @FunctionalInterface
    interface Measurement<T> {
        T run() throws IOException, InterruptedException;
    }

    /**
     * Its command line: with this process's {@code -XX} options before its own, but for the garbage
     * collector if its own name another, and ports that the system chooses where the arguments name
     * none.
     */
    List<String> command(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("--enable-native-access=ALL-UNNAMED");
        boolean ownCollector = jvmOptions.stream().anyMatch(COLLECTOR);
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(HANDED_ON)
                .filter(option -> !(ownCollector && COLLECTOR.test(option)))
                .forEach(command::add);
        command.addAll(jvmOptions);
        command.addAll(isJar() ? List.of("-jar", classPath) : List.of("-cp", classPath, mainClass));
        PORTS.stream()
                .map(key -> "--" + key + "=")
                .filter(option -> arguments.stream().noneMatch(other -> other.startsWith(option)))
                .forEach(option -> command.add(option + 0));
        command.addAll(arguments);
        return command;
    }

    private boolean isJar() throws IOException {
        if (!classPath.endsWith(".jar") || !Path.of(classPath).toFile().isFile()) {
            return false;
        }
        try (JarFile jar = new JarFile(classPath)) {
            return jar.getEntry("BOOT-INF/") != null;
        }
    }
}
