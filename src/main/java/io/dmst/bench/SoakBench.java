package io.dmst.bench;

import io.dmst.bench.SoakLedger.Verdict;
import io.dmst.bench.SoakVisitor.Seen;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A long time of mixed requests, good, bad, slow and cancelled ones, by HTTP and gRPC, on a server
 * in a process of its own, whose memory, files and threads are watched meanwhile. The rate is
 * bounded: it is no test of speed.
 *
 * <p>The heap of the server has a fixed size and is touched at the start, so that memory that grows
 * is native or a thread's; what the heap holds after a collection is watched apart.
 */
public final class SoakBench {

    private static final Duration SAMPLE = Duration.ofSeconds(1);

    /** That fetch the right answers, one for each protocol. */
    private static final int FIRST = 2;

    private static final Pattern HEAP =
            Pattern.compile("^jvm_gc_live_data_size_bytes (\\S+)", Pattern.MULTILINE);
    private static final Pattern ANSWERED =
            Pattern.compile("^dmst_requests_total\\{[^}]*} (\\S+)", Pattern.MULTILINE);

    private final Program program;
    private final Settings settings;
    private final Photographs photographs;

    /**
     * What to do.
     *
     * @param duration in all, the warming up included
     * @param warmUp after which memory, files and threads must be flat
     * @param rate of all requests, per second
     * @param mainClass of the program
     * @param serverArguments of the service, besides its ports
     */
    public record Settings(
            Duration duration,
            Duration warmUp,
            double rate,
            String mainClass,
            List<String> serverArguments) {

        public Settings {
            serverArguments = List.copyOf(serverArguments);
            if (!(rate > 0) || warmUp.isNegative() || duration.compareTo(warmUp) <= 0) {
                throw new IllegalArgumentException(
                        "expected a positive rate and a duration longer than the warming up");
            }
        }
    }

    /**
     * Of the program of a class path.
     *
     * @param classPath of this program, or its jar
     * @param photographs of which the first one is sent
     */
    public SoakBench(String classPath, Settings settings, Photographs photographs) {
        this.settings = settings;
        this.photographs = photographs;
        this.program =
                new Program(
                        classPath,
                        settings.mainClass(),
                        List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"));
    }

    /**
     * Sends requests for the whole time.
     *
     * @param progress receives a line a minute
     * @throws IOException if the server does not start, or ends, with its last lines
     * @throws InterruptedException if the thread is
     */
    public SoakReport run(Consumer<String> progress) throws IOException, InterruptedException {
        Machine machine = Machine.here();
        byte[] image = photographs.file(0);
        SoakLedger ledger = new SoakLedger();
        int management = freePort();
        List<String> arguments = new ArrayList<>(settings.serverArguments());
        arguments.add("--%s=%d".formatted(Program.MANAGEMENT_PORT, management));
        try (ChildServer server = ChildServer.start(program, arguments);
                SoakHttp http = new SoakHttp(server.address(), image);
                SoakGrpc grpc = new SoakGrpc(server.grpcPort(), image)) {
            List<SoakVisitor> visitors = new ArrayList<>(http.visitors());
            visitors.addAll(grpc.visitors());
            long end = System.nanoTime() + settings.duration().toNanos();
            List<ProcessUse> samples;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                double each = settings.rate() / visitors.size();
                visitors.forEach(v -> threads.execute(() -> visit(v, each, end, ledger)));
                samples = watch(server, end, ledger, progress);
            }
            String metrics = metrics(management);
            return new SoakReport(
                    machine,
                    settings.duration().toSeconds(),
                    settings.warmUp().toSeconds(),
                    ledger.counts(),
                    ledger.complaints(),
                    samples,
                    ledger.sent() + FIRST,
                    Math.round(sum(ANSWERED, metrics)),
                    sum(HEAP, metrics));
        }
    }

    /** Each kind has a few users, since some requests take longer than the time between two. */
    private static void visit(SoakVisitor visitor, double rate, long end, SoakLedger ledger) {
        SplittableRandom random = new SplittableRandom(visitor.kind().hashCode());
        try (ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; System.nanoTime() - end < 0; number++) {
                String id = visitor.kind().replace(' ', '-') + "-" + number;
                users.execute(() -> count(visitor, id, ledger));
                double gap = -Math.log(1 - random.nextDouble()) / rate;
                TimeUnit.NANOSECONDS.sleep((long) (gap * 1e9));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void count(SoakVisitor visitor, String id, SoakLedger ledger) {
        Seen seen;
        try {
            seen = visitor.visit(id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception e) {
            seen = new Seen(Verdict.LOST, e.toString());
        }
        ledger.count(visitor.kind(), visitor.requests(), seen.verdict(), seen.detail());
    }

    private List<ProcessUse> watch(
            ChildServer server, long end, SoakLedger ledger, Consumer<String> progress)
            throws IOException, InterruptedException {
        List<ProcessUse> samples = new ArrayList<>();
        while (System.nanoTime() - end < 0) {
            try {
                samples.add(ProcessUse.of(server.pid()));
            } catch (IOException e) {
                throw new IOException("the server has ended:\n" + server.lastLines(), e);
            }
            if (samples.size() % 60 == 1) {
                progress.accept(samples.getLast() + " " + ledger.counts().values());
            }
            Thread.sleep(SAMPLE);
        }
        return samples;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static String metrics(int management) throws IOException, InterruptedException {
        URI address = URI.create("http://localhost:" + management + "/actuator/prometheus");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static double sum(Pattern metric, String metrics) {
        Matcher matcher = metric.matcher(metrics);
        double sum = 0;
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return sum;
    }
}
