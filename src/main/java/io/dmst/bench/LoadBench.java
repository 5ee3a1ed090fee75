package io.dmst.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts a server under load: in an open loop, whose requests come at a rate of their own as those of
 * many users do, or in a closed one, in which a fixed number of users wait for each answer before
 * they ask again.
 *
 * <p>An open loop sends each request at its own time, whatever has become of the ones before; what
 * is under way is bounded by memory alone, and what could not be sent for that reason is counted.
 */
public final class LoadBench {

    private static final Duration NO_DEADLINE = Duration.ofDays(365);
    private static final int MOST_USERS = 512;

    /** What a doubling of the users must bring to count as more throughput. */
    private static final double GAIN = 1.05;

    private static final Duration LONGEST_COLLECTION = Duration.ofSeconds(1);

    private final Target target;
    private final Photographs photographs;
    private final Settings settings;

    /**
     * How to measure.
     *
     * @param warmUp under the same load, not measured
     * @param duration of the measurement, positive
     * @param probe of each step of a search for the saturation, positive
     * @param timeout that an answer must meet to count as goodput; absent for none
     * @param seed of the gaps between the requests of an open loop
     */
    public record Settings(
            Duration warmUp,
            Duration duration,
            Duration probe,
            @Nullable Duration timeout,
            long seed) {

        public Settings {
            if (!duration.isPositive() || !probe.isPositive()) {
                throw new IllegalArgumentException("a measurement takes more than no time");
            }
        }
    }

    /**
     * A load on a server.
     *
     * @param target stays the caller's to close
     * @param photographs that are sent in turn
     */
    public LoadBench(Target target, Photographs photographs, Settings settings) {
        this.target = target;
        this.photographs = photographs;
        this.settings = settings;
    }

    /**
     * An open loop.
     *
     * @param rate requests per second, positive
     * @throws InterruptedException if the thread is
     */
    public LoadReport.Measured open(double rate) throws InterruptedException {
        tidy(settings.warmUp());
        long begun = System.nanoTime();
        Recording recording = recording(begun, settings.warmUp(), settings.duration());
        try (Flight flight = new Flight(target, photographs, recording)) {
            Arrivals arrivals = new Arrivals(rate, settings.seed());
            OpenLoop loop = new OpenLoop(flight, arrivals, begun, recording.until());
            Optional<ScheduledExecutorService> sender = target.sender();
            if (sender.isPresent()) {
                loop.runIn(sender.get());
            } else {
                loop.run();
            }
            flight.land();
        }
        return recording.measured();
    }

    /**
     * A closed loop.
     *
     * @param users that ask at a time, at least 1
     * @throws InterruptedException if the thread is
     */
    public LoadReport.Measured closed(int users) throws InterruptedException {
        return closed(users, settings.warmUp(), settings.duration());
    }

    private LoadReport.Measured closed(int users, Duration warmUp, Duration duration)
            throws InterruptedException {
        if (users < 1) {
            throw new IllegalArgumentException("concurrency must be at least 1, not " + users);
        }
        tidy(warmUp);
        Recording recording = recording(System.nanoTime(), warmUp, duration);
        try (Flight flight = new Flight(target, photographs, recording)) {
            for (int user = 0; user < users; user++) {
                flight.shuttle();
            }
            flight.land();
        }
        return recording.measured();
    }

    /**
     * Searches the server's best throughput with twice as many users at each step, until two
     * doublings bring nothing more.
     *
     * @param progress receives a line for each step
     * @throws InterruptedException if the thread is
     * @throws IllegalStateException if no request is answered
     */
    public Saturation saturation(Consumer<String> progress) throws InterruptedException {
        closed(4, settings.warmUp(), settings.probe());
        List<Saturation.Step> steps = new ArrayList<>();
        Saturation.Step best = new Saturation.Step(0, 0, 0);
        int since = 0;
        for (int users = 1; users <= MOST_USERS && since < 2; users *= 2) {
            LoadReport.Measured measured =
                    closed(users, settings.probe().dividedBy(3), settings.probe());
            Saturation.Step step =
                    new Saturation.Step(users, measured.throughput(), measured.latency().p50());
            steps.add(step);
            progress.accept(
                    String.format(
                            Locale.ROOT,
                            "%d at a time: %.1f/s, p50 %.2f ms",
                            users,
                            step.throughput(),
                            step.p50()));
            since = step.throughput() > GAIN * best.throughput() ? 0 : since + 1;
            best = step.throughput() > best.throughput() ? step : best;
        }
        if (best.throughput() <= 0) {
            throw new IllegalStateException("the server answered no request well");
        }
        return new Saturation(best.throughput(), best.concurrency(), steps);
    }

    /**
     * Has this process collect its garbage before the window begins. What lives as long as the
     * process was copied by each of the first collections else, which took 15 to 65 ms where later
     * ones take 1 to 5: times that would be told of the server.
     */
    private static void tidy(Duration warmUp) {
        Duration half = warmUp.dividedBy(2);
        if (half.compareTo(LONGEST_COLLECTION) < 0) {
            System.gc();
        } else {
            // halfway, since what the load itself needs for long is not there before
            CompletableFuture.delayedExecutor(half.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(System::gc);
        }
    }

    private Recording recording(long begun, Duration warmUp, Duration duration) {
        Duration deadline = settings.timeout() == null ? NO_DEADLINE : settings.timeout();
        return new Recording(begun + warmUp.toNanos(), duration, deadline);
    }
}
