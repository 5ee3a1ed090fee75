package io.dmst.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Mixed requests at a steady, moderate rate for {@code dmst.soak.minutes}: each is answered as
 * documented, and after a warm-up of a quarter of the time, 5 minutes at most, nothing grows.
 */
@Tag("load")
class SoakTests {

    private static final Duration DURATION =
            Duration.ofMillis(
                    (long)
                            (60_000
                                    * Double.parseDouble(
                                            System.getProperty("dmst.soak.minutes", "2"))));
    private static final long WARM_UP_SECONDS = Math.min(300, DURATION.toSeconds() / 4);

    /** Requests per second, all kinds together. */
    private static final double RATE = 40;

    /** Factor by which resident memory may grow. */
    private static final double MOST_GROWTH = 1.03;

    /** Files and threads may differ by as many, since those of connections are closed late. */
    private static final long MOST_MORE = 8;

    /** The first answers, with which all others are compared. */
    private static final int COMPARED = 2;

    private static final Pattern ANSWERED =
            Pattern.compile("^dmst_requests_total\\{[^}]*} (\\S+)", Pattern.MULTILINE);

    private final LongAdder sent = new LongAdder();
    private final Map<String, LongAdder> counts = new HashMap<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

    /**
     * Means over the first and the last fifth of the time after the warm-up.
     *
     * @param name of what is observed
     */
    record Course(String name, double first, double last) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%-14s %12.1f %12.1f", name, first, last);
        }
    }

    /**
     * What a soak has seen.
     *
     * @param counts requests of each kind
     * @param sent requests, of a stream every message
     * @param answered requests as the service counts them
     */
    record Result(
            long seconds,
            Map<String, Long> counts,
            long sent,
            long answered,
            Course residentKib,
            Course files,
            Course threads) {}

    @Test
    void nothingIsLostAndNothingGrows() throws Exception {
        byte[] image = LoadFiles.image("rocket.jpg");
        try (ServiceProcess service = ServiceProcess.start();
                LoadClient client = new LoadClient();
                SoakCalls calls = new SoakCalls(service, image)) {
            Map<String, SoakKind> kinds =
                    new HashMap<>(new SoakRequests(client, service, image).kinds());
            kinds.putAll(calls.kinds());
            Result result = result(service, samples(service, kinds));
            print(result);
            LoadFiles.write("soak.json", result);

            assertThat(complaints).isEmpty();
            assertThat(result.answered()).isPositive().isLessThanOrEqualTo(result.sent());
            Course memory = result.residentKib();
            assertThat(memory.last()).isLessThanOrEqualTo(MOST_GROWTH * memory.first());
            for (Course course : List.of(result.files(), result.threads())) {
                assertThat(course.last())
                        .as(course.name())
                        .isLessThanOrEqualTo(course.first() + MOST_MORE);
            }
        }
    }

    /** Sends until the end, and observes the process once a second meanwhile. */
    private List<ProcessUse> samples(ServiceProcess service, Map<String, SoakKind> kinds)
            throws Exception {
        long end = System.nanoTime() + DURATION.toNanos();
        List<ProcessUse> samples = new ArrayList<>();
        kinds.keySet().forEach(name -> counts.put(name, new LongAdder()));
        List<Future<Boolean>> senders = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            kinds.forEach((name, kind) ->
                    senders.add(threads.submit(() -> send(name, kind, RATE / kinds.size(), end))));
            while (System.nanoTime() - end < 0) {
                samples.add(service.use());
                Thread.sleep(Duration.ofSeconds(1));
            }
        }
        for (Future<Boolean> sender : senders) {
            assertThat(sender.get()).isTrue();
        }
        return samples;
    }

    /** True when the time is over. */
    private boolean send(String name, SoakKind kind, double rate, long end)
            throws InterruptedException {
        Arrivals arrivals = new Arrivals(rate, name.hashCode());
        String prefix = name.replace(' ', '-') + "-";
        long start = System.nanoTime();
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; System.nanoTime() - end < 0; number++) {
                TimeUnit.NANOSECONDS.sleep(start + arrivals.next() - System.nanoTime());
                String id = prefix + number;
                counts.get(name).increment();
                sent.add(name.equals(SoakCalls.STREAM) ? SoakCalls.STREAMED : 1);
                requests.submit(() -> check(kind, id));
            }
        }
        return true;
    }

    private void check(SoakKind kind, String id) {
        try {
            String complaint = kind.send(id);
            if (!complaint.isEmpty()) {
                complaints.add(id + ": " + complaint);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            complaints.add(id + ": " + e);
        }
    }

    private Result result(ServiceProcess service, List<ProcessUse> samples) throws Exception {
        double answered =
                ANSWERED.matcher(service.management("/actuator/prometheus"))
                        .results()
                        .map((MatchResult match) -> match.group(1))
                        .mapToDouble(Double::parseDouble)
                        .sum();
        Map<String, Long> numbers = new HashMap<>();
        counts.forEach((name, count) -> numbers.put(name, count.sum()));
        return new Result(
                DURATION.toSeconds(),
                numbers,
                sent.sum() + COMPARED,
                Math.round(answered),
                course("resident KiB", samples, ProcessUse::residentKib),
                course("open files", samples, ProcessUse::files),
                course("threads", samples, ProcessUse::threads));
    }

    private static Course course(
            String name, List<ProcessUse> samples, ToLongFunction<ProcessUse> value) {
        int from = (int) Math.min(WARM_UP_SECONDS, samples.size() - 1L);
        List<ProcessUse> measured = samples.subList(from, samples.size());
        int fifth = Math.max(1, measured.size() / 5);
        return new Course(
                name,
                measured.stream().limit(fifth).mapToLong(value).average().orElse(0),
                measured.stream()
                        .skip(measured.size() - fifth)
                        .mapToLong(value)
                        .average()
                        .orElse(0));
    }

    private static void print(Result result) {
        System.out.printf(
                "%s in %d s; the service counts %d of %d requests%n%-14s %12s %12s%n%s%n%s%n%s%n",
                result.counts(),
                result.seconds(),
                result.answered(),
                result.sent(),
                "",
                "first fifth",
                "last fifth",
                result.residentKib(),
                result.files(),
                result.threads());
    }
}
