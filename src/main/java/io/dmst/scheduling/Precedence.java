package io.dmst.scheduling;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the threads of the network go before those that compute, where computing takes long.
 *
 * <p>Of threads that all wait for their {@linkplain Turns turns}, one that has to read a request,
 * or to refuse it, waits for the ones that compute, whose turns last milliseconds. Where an image
 * takes that long there are few requests for a processor's time, and to interrupt for each costs
 * little; where an image takes microseconds, interruptions take more than they give. So it depends
 * on the longest of the models that this process has served.
 *
 * <p>Those that go first interrupt with the shortest slices that Linux has, so that they are chosen
 * before all others. A new thread has what the one that started it has, whatever either of them is
 * for: every {@code LOOK} one looks for new ones. Safe for use by several threads.
 */
public final class Precedence {

    /** Begins the names of the threads of gRPC's connections. */
    public static final String GRPC = "grpc-loop";

    /** Tomcat's, and the carriers of virtual threads. */
    private static final List<String> NETWORK = List.of(GRPC, "http-nio-", "ForkJoinPool-1-");

    static final SchedulingAttributes FIRST =
            new SchedulingAttributes(Turns.SCHED_OTHER, Duration.ofNanos(100_000));

    static final SchedulingAttributes IN_TURN =
            new SchedulingAttributes(Turns.SCHED_BATCH, Duration.ZERO);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final Logger log = LoggerFactory.getLogger(Precedence.class);
    private static final AtomicBoolean begun = new AtomicBoolean();

    /** Never, until somebody says otherwise. */
    private static volatile long longFrom = Long.MAX_VALUE;

    private Precedence() {}

    /**
     * From which time of one image on the network goes first; at once if it is 0. Only for threads
     * that have taken their {@link Turns}.
     */
    public static void from(Duration time) {
        longFrom = time.toNanos();
        computing(0);
    }

    /**
     * A model is served.
     *
     * @param nanos for one image alone
     */
    public static void computing(double nanos) {
        if (nanos >= longFrom && Turns.taken() && !begun.getAndSet(true)) {
            Thread.ofPlatform().name("precedence").daemon().start(Precedence::keep);
        }
    }

    private static void keep() {
        try {
            while (true) {
                give();
                Thread.sleep(LOOK);
            }
        } catch (IOException e) {
            log.warn("the network's threads wait for their turns: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has the network's threads, of those that have what this class gives, go first. */
    static void give() throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                int number = Integer.parseInt(thread.getFileName().toString());
                SchedulingAttributes.of(number).ifPresent(has -> give(thread, number, has));
            }
        }
    }

    private static void give(Path thread, int number, SchedulingAttributes has) {
        if (has.policy() == IN_TURN.policy() && ofNetwork(thread)) {
            FIRST.giveTo(number);
        } else if (has.equals(FIRST) && !ofNetwork(thread)) {
            IN_TURN.giveTo(number);
        }
    }

    private static boolean ofNetwork(Path thread) {
        try {
            String name = Files.readString(thread.resolve("comm"));
            return NETWORK.stream().anyMatch(name::startsWith);
        } catch (IOException e) {
            return false; // it has ended, before or while its name was read
        }
    }
}
