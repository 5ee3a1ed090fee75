package io.dmst.serve.gateway;

import io.dmst.DmstApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import tools.jackson.databind.json.JsonMapper;

/** This program as a process of its own, which can be stopped, hung and killed. */
final class OwnProcess implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration STOP = Duration.ofSeconds(40);

    private final java.lang.Process process;
    private final String host;
    private final Ports ports;
    private final Path log;

    /** Where it listens. */
    record Ports(int http, int grpc, int management) {

        static final Ports USUAL = new Ports(8080, 8081, 8082);
    }

    /**
     * How it is started.
     *
     * @param before words of the command before Java
     * @param host under which the test reaches it
     * @param ports on which it listens
     */
    record Place(List<String> before, String host, Ports ports) {}

    private OwnProcess(java.lang.Process process, Place place, Path log) {
        this.process = process;
        this.host = place.host();
        this.ports = place.ports();
        this.log = log;
    }

    /**
     * Starts it, and does not wait.
     *
     * @param arguments of Java, if they begin with {@code -D}, and of the program
     */
    static OwnProcess start(Place place, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(place.before());
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC"));
        command.addAll(List.of(arguments).stream().filter(a -> a.startsWith("-D")).toList());
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        DmstApplication.class.getName(),
                        "--server.port=" + place.ports().http(),
                        "--spring.grpc.server.port=" + place.ports().grpc(),
                        "--management.server.port=" + place.ports().management()));
        command.addAll(List.of(arguments).stream().filter(a -> !a.startsWith("-D")).toList());
        Path log = Files.createTempFile("dmst-process-", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return new OwnProcess(builder.redirectOutput(log.toFile()).start(), place, log);
    }

    /** Waits until it says that it is ready. */
    OwnProcess ready() {
        await().until(() -> !process.isAlive() || isReady());
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended:\n" + log());
        }
        return this;
    }

    boolean isReady() throws IOException, InterruptedException {
        return JsonMapper.shared()
                .readTree(get("/actuator/health/readiness"))
                .path("status")
                .asString("")
                .equals("UP");
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(IOException.class);
    }

    /** What it has printed. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What its management port answers. */
    String get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://" + host + ":" + ports.management() + path))
                                .timeout(Duration.ofSeconds(5))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** Sum of a counter over the labels that are left open. */
    double counter(String name, String... labels) throws IOException, InterruptedException {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".* ", "")))
                .sum();
    }

    /** Waits until its health tells of so many serving nodes. */
    void serving(int nodes) {
        Pattern serving = Pattern.compile("\"state\":\"serving\"");
        await().until(() -> serving.matcher(get("/actuator/health")).results().count() == nodes);
    }

    URI http(String path) {
        return URI.create("http://" + host + ":" + ports.http() + path);
    }

    int grpcPort() {
        return ports.grpc();
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor();
    }

    /** It computes nothing any more, but its kernel still answers for it. */
    void hang() throws IOException, InterruptedException {
        signal("STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** As if its machine had lost its power, except that its kernel says so. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** As Kubernetes stops it: lets it finish what it has. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("it did not stop:\n" + log());
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        kill();
        Files.deleteIfExists(log);
    }
}
