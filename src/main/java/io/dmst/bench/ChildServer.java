package io.dmst.bench;

import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * This program as a server of its own, in another process on a free port; closing it stops that
 * process.
 */
final class ChildServer implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final Pattern READY = Pattern.compile("ready: .*(http://localhost:\\d+)");
    private static final int KEPT_LINES = 20;

    private final Process process;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private final Deque<String> lastLines = new ArrayDeque<>();

    private ChildServer(Process process) {
        this.process = process;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param classPath of the program
     * @param mainClass of the program; not used where the class path is its jar
     * @param arguments of the service, besides its ports
     * @throws IOException if it does not become ready, with its last lines
     */
    static ChildServer start(String classPath, String mainClass, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(
                isProgram(classPath)
                        ? List.of("-jar", classPath)
                        : List.of("-cp", classPath, mainClass));
        command.add("--server.port=0");
        command.add("--management.server.port=0");
        command.addAll(arguments);
        ChildServer server =
                new ChildServer(new ProcessBuilder(command).redirectErrorStream(true).start());
        try {
            server.waitUntilReady();
            return server;
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    private static boolean isProgram(String classPath) throws IOException {
        if (!classPath.endsWith(".jar") || !Path.of(classPath).toFile().isFile()) {
            return false;
        }
        try (JarFile jar = new JarFile(classPath)) {
            return jar.getEntry("BOOT-INF/") != null;
        }
    }

    private void waitUntilReady() throws IOException, InterruptedException {
        Thread.ofVirtual().start(this::read);
        try {
            ready.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            synchronized (lastLines) {
                throw new IOException(
                        "the server did not become ready:\n" + String.join("\n", lastLines), e);
            }
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

    /** Where it answers. */
    URI address() {
        return ready.join();
    }

    /** Time that its process has computed so far. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
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
