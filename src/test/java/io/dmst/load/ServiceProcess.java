package io.dmst.load;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * The packaged service in a process of its own, started by {@code bin/dmst} on free ports of this
 * machine; closing it ends the process. Its heap has a fixed size and is touched at the start, so
 * that a growing resident memory is native memory. Safe for use by several threads.
 */
final class ServiceProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration STOP = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String JVM_OPTIONS = "-Xms512m -Xmx512m -XX:+AlwaysPreTouch";

    private final Process process;
    private final Ports ports;
    private final Path log;

    private record Ports(int http, int grpc, int management) {

        /** All three are held at once, so that they differ. */
        static Ports free() throws IOException {
            try (ServerSocket http = new ServerSocket(0);
                    ServerSocket grpc = new ServerSocket(0);
                    ServerSocket management = new ServerSocket(0)) {
                return new Ports(
                        http.getLocalPort(), grpc.getLocalPort(), management.getLocalPort());
            }
        }
    }

    private ServiceProcess(Process process, Ports ports, Path log) {
        this.process = process;
        this.ports = ports;
        this.log = log;
    }

    /**
     * Starts the service and waits until it is ready.
     *
     * @param arguments of the service, besides its ports
     * @throws IOException if it does not become ready, with what it has printed
     */
    static ServiceProcess start(String... arguments) throws IOException, InterruptedException {
        Ports ports = Ports.free();
        List<String> command = new ArrayList<>();
        command.add(Path.of("bin", "dmst").toAbsolutePath().toString());
        command.add("--server.port=" + ports.http());
        command.add("--spring.grpc.server.port=" + ports.grpc());
        command.add("--management.server.port=" + ports.management());
        command.addAll(List.of(arguments));
        Path log = Files.createTempFile("dmst-load-", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("DMST_JAVA_OPTS", JVM_OPTIONS);
        ServiceProcess service = new ServiceProcess(builder.start(), ports, log);
        try {
            service.awaitReady();
            return service;
        } catch (IOException | InterruptedException e) {
            service.close();
            throw e;
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IOException("the service did not become ready:\n" + log());
            }
            Thread.sleep(POLL);
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return JsonMapper.shared()
                    .readTree(management("/actuator/health/readiness"))
                    .path("status")
                    .asString("")
                    .equals("UP");
        } catch (IOException notYetListening) {
            return false;
        }
    }

    /** What a path of the management port answers. */
    String management(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://localhost:" + ports.management() + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    URI http(String path) {
        return URI.create("http://localhost:" + ports.http() + path);
    }

    int grpcPort() {
        return ports.grpc();
    }

    /** What the process has printed. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /**
     * Memory, files and threads of the process now.
     *
     * @throws IOException if it has ended, with what it has printed
     */
    ProcessUse use() throws IOException {
        try {
            return ProcessUse.of(process.pid());
        } catch (IOException e) {
            throw new IOException("the service has ended:\n" + log(), e);
        }
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /**
     * Waits until the process has ended.
     *
     * @return its exit code
     * @throws IOException if it does not end in time, with what it has printed
     */
    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(STOP)) {
            throw new IOException("the service did not end:\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(log);
    }
}
