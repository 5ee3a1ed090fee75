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
 * <p>Those that go first interrupt with the shortest slices that Linux has; one that has had its
 * share waits until the others', whose turns end at the clock's ticks, have had theirs. Where that
 * is asked for and this process may (as root, with the capability {@code SYS_NICE}, or with a limit
 * {@code rtprio} of 1) they go first in real time, and with them the collector's threads: its
 * pauses stop what runs in Java, while what computes in native code goes on beside it and makes
 * them longer. They take a sixth of a processor for a thousand requests a second, and Linux leaves
 * a twentieth of each to whatever else there is. Who goes first in real time must not turn in a
 * loop until another thread, which it may have interrupted, has done something.
 *
 * <p>A new thread has what the one that started it has, whatever either of them is for: every
 * {@code LOOK} one looks for new ones. Safe for use by several threads.
 */
public final class Precedence {

    /** Begins the names of the threads of gRPC's connections. */
    public static final String GRPC = "grpc-loop";

    /** Tomcat's, and the carriers of virtual threads. */
    private static final List<String> NETWORK = List.of(GRPC, "http-nio-", "ForkJoinPool-1-");

    private static final List<String> COLLECTOR = List.of("GC Thread#", "VM Thread");

    static final SchedulingAttributes REAL_TIME =
            new SchedulingAttributes(Turns.SCHED_RR, Duration.ZERO);

    static final SchedulingAttributes SHORT_SLICES =
            new SchedulingAttributes(Turns.SCHED_OTHER, Duration.ofNanos(100_000));

    static final SchedulingAttributes IN_TURN =
            new SchedulingAttributes(Turns.SCHED_BATCH, Duration.ZERO);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final Logger log = LoggerFactory.getLogger(Precedence.class);
    private static final AtomicBoolean begun = new AtomicBoolean();

    /** Never, until somebody says otherwise. */
    private static volatile long longFrom = Long.MAX_VALUE;

    private static volatile boolean realTimeWanted;

    private final SchedulingAttributes first;

    /**
     * @param first what those have that go first
     */
    Precedence(SchedulingAttributes first) {
        this.first = first;
    }

    /**
     * From which time of one image on the network goes first; at once if it is 0. Only for threads
     * that have taken their {@link Turns}; where none have, a line of the log says that real time
     * is not to be had.
     *
     * @param realTime whether in real time, where this process may
     */
    public static void from(Duration time, boolean realTime) {
        longFrom = time.toNanos();
        realTimeWanted = realTime;
        if (realTime && !Turns.taken()) {
            log.warn(
                    "{}.real-time changes nothing: it is for threads that take turns, and these do"
                            + " not, since {}.turns is false, whoever started this process gave it"
                            + " a policy of its own (chrt), or the system has none",
                    SchedulingProperties.KEY,
                    SchedulingProperties.KEY);
        }
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
        boolean realTime = realTimeWanted && mayBeRealTime();
        log.info("the network goes first {}", realTime ? "in real time" : "by short time slices");
        Precedence precedence = new Precedence(realTime ? REAL_TIME : SHORT_SLICES);
        try {
            while (true) {
                precedence.give();
                Thread.sleep(LOOK);
            }
        } catch (IOException e) {
            log.warn("the network's threads wait for their turns: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the calling thread can be made one in real time; it is not afterwards. */
    static boolean mayBeRealTime() {
        SchedulingAttributes before = SchedulingAttributes.of(Turns.THIS_THREAD).orElse(IN_TURN);
        boolean may = REAL_TIME.giveTo(Turns.THIS_THREAD);
        if (may) {
            before.giveTo(Turns.THIS_THREAD);
        }
        return may;
    }

    /** Has the network's threads, of those that have what this class gives, go first. */
    void give() throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                int number = Integer.parseInt(thread.getFileName().toString());
                SchedulingAttributes.of(number).ifPresent(has -> give(name(thread), number, has));
            }
        }
    }

    private void give(String name, int number, SchedulingAttributes has) {
        if (isOne(name, COLLECTOR)) {
            if (first.equals(REAL_TIME) && !has.equals(REAL_TIME)) {
                REAL_TIME.giveTo(number);
            }
        } else if (isOne(name, NETWORK)) {
            if (has.policy() == IN_TURN.policy()) {
                first.giveTo(number);
            }
        } else if (has.equals(first)) {
            IN_TURN.giveTo(number);
        }
    }

    private static boolean isOne(String name, List<String> beginnings) {
        return beginnings.stream().anyMatch(name::startsWith);
    }

    /** Empty where it has ended, before or while its name was read. */
    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"));
        } catch (IOException e) {
            return "";
        }
    }
}
