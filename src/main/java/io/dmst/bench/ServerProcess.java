package io.dmst.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * This program as a server in a process of its own, on free ports, that can be stopped, killed and
 * looked at; closing it kills what is left of it. Safe for use by several threads.
 */
final class ServerProcess implements AutoCloseable {

    /**
     * How it is started.
     *
     * @param classPath of the program, or its jar
     * @param mainClass of the program; not used where the class path is its jar
     * @param jvmArguments of its virtual machine
     * @param arguments of the service, besides its ports
     */
    record Program(
            String classPath, String mainClass, List<String> jvmArguments, List<String> arguments) {

        Program {
            jvmArguments = List.copyOf(jvmArguments);
            arguments = List.copyOf(arguments);
        }
    }

    private static final Duration START = Duration.ofMinutes(3);
    private static final Pattern READY = Pattern.compile("ready: .*(http://localhost:\\d+)");
    private static final Pattern GRPC = Pattern.compile("gRPC Server started, .*port: (\\d+)");
    private static final int KEPT_LINES = 20;

    private final Process process;
    private final URI management;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private volatile int grpcPort;

    private ServerProcess(Process process, URI management) {
        this.process = process;
        this.management = management;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @throws IOException if it does not become ready, with its last lines
     */
    static ServerProcess start(Program program) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(program.jvmArguments());
        boolean jar =
                program.classPath().endsWith(".jar")
                        && Path.of(program.classPath()).toFile().isFile();
        command.addAll(
                jar
                        ? List.of("-jar", program.classPath())
                        : List.of("-cp", program.classPath(), program.mainClass()));
        command.add("--server.port=0");
        command.add("--spring.grpc.server.port=0");
        command.add("--management.server.port=" + port);
        command.addAll(program.arguments());
        ServerProcess server =
                new ServerProcess(
                        new ProcessBuilder(command).redirectErrorStream(true).start(),
                        URI.create("http://localhost:" + port));
        try {
            server.waitUntilReady();
            return server;
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    private void waitUntilReady() throws IOException, InterruptedException {
        Thread.ofVirtual().start(this::read);
        try {
            ready.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the server did not become ready:\n" + lastLines(), e);
        }
    }

    /** All that it prints, lest it waits for a reader. */
    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard(line);
            }
            ready.completeExceptionally(new IOException("it ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    private void heard(String line) {
        synchronized (lastLines) {
            lastLines.add(line);
            if (lastLines.size() > KEPT_LINES) {
                lastLines.removeFirst();
            }
        }
        Matcher grpc = GRPC.matcher(line);
        if (grpc.find()) {
            grpcPort = Integer.parseInt(grpc.group(1));
        }
        Matcher http = READY.matcher(line);
        if (http.find()) {
            ready.complete(URI.create(http.group(1)));
        }
    }

    /** The end of what it has printed. */
    String lastLines() {
        synchronized (lastLines) {
            return String.join("\n", lastLines);
        }
    }

    URI http() {
        return ready.join();
    }

    int grpcPort() {
        return grpcPort;
    }

    /** Where health and metrics are. */
    URI management() {
        return management;
    }

    long pid() {
        return process.pid();
    }

    /** Asks it to end, as an operating system does. */
    void terminate() {
        process.destroy();
    }

    /** Ends it in the middle of whatever it does. */
    void kill() {
        process.destroyForcibly();
    }

    /** Whether it has ended in time. */
    boolean ended(Duration atMost) throws InterruptedException {
        return process.waitFor(atMost);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
