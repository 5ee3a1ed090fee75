package io.dmst.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * This program as a server of its own, in another process on free ports, that can be stopped,
 * killed and looked at; closing it stops that process. Safe for use by several threads.
 */
final class ChildServer implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final Pattern READY = Pattern.compile("ready: .*(http://localhost:\\d+)");
    private static final Pattern GRPC = Pattern.compile("gRPC Server started, .*port: (\\d+)");
    private static final int KEPT_LINES = 20;

    private final Process process;
    private volatile int grpcPort;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private final Deque<String> lastLines = new ArrayDeque<>();

    private ChildServer(Process process) {
        this.process = process;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param arguments of the service, besides its ports
     * @throws IOException if it does not become ready, with its last lines
     */
    static ChildServer start(Program program, List<String> arguments)
            throws IOException, InterruptedException {
        ChildServer server = new ChildServer(program.start(arguments));
        try {
            server.waitUntilReady();
            return server;
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    /** The same, without options of the virtual machine. */
    static ChildServer start(String classPath, String mainClass, List<String> arguments)
            throws IOException, InterruptedException {
        return start(new Program(classPath, mainClass, List.of()), arguments);
    }

    private void waitUntilReady() throws IOException, InterruptedException {
        // a virtual thread keeps its carrier while it waits for a pipe, and with one processor
        // there may be no other for the client's requests
        Thread.ofPlatform().name("output-of-", process.pid()).daemon().start(this::read);
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
                Matcher matcher = READY.matcher(line);
                if (matcher.find()) {
                    ready.complete(URI.create(matcher.group(1)));
                }
            }
            ready.completeExceptionally(new IOException("it ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** The end of what it has printed. */
    String lastLines() {
        synchronized (lastLines) {
            return String.join("\n", lastLines);
        }
    }

    /** Where it answers by HTTP. */
    URI address() {
        return ready.join();
    }

    int grpcPort() {
        return grpcPort;
    }

    /** Where it answers by some protocol, as {@link Targets} takes it. */
    URI address(Protocol protocol) {
        int port = protocol.overGrpc() ? grpcPort : address().getPort();
        return URI.create(protocol.scheme() + "://localhost:" + port + protocol.query());
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

    /** Time that its process has computed so far. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The same of this process. */
    static Duration ownCpuTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
