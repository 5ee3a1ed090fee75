package io.dmst.scheduling;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/**
 * Whether threads that wake wait for their turn.
 *
 * <p>By default Linux lets a thread that has slept interrupt one that computes. A service whose
 * processors are busy wakes several threads for each request, and every interruption costs the
 * interrupted thread its caches: work is lost just when there is most of it. With the policy {@code
 * SCHED_BATCH} (sched(7)) a thread that wakes waits until the others' time slices are over, a few
 * milliseconds at most; where a processor is idle it starts at once as ever. It needs no privilege
 * and changes nothing for other processes.
 *
 * <p>A policy is a thread's own and goes over to the threads that it starts. Safe for use by
 * several threads.
 */
public final class Turns {

    /** Linux's names for them, {@code linux/sched.h}. */
    static final int SCHED_OTHER = 0;

    static final int SCHED_RR = 2;

    static final int SCHED_BATCH = 3;

    /** 0 stands for the calling thread. */
    static final int THIS_THREAD = 0;

    /**
     * Longer than the 1.4 to 3 ms that Linux has by default, and so than what the {@linkplain
     * Precedence network's threads} need to interrupt; a tick of the clock at 250 Hz.
     */
    static final Duration LONG_SLICE = Duration.ofMillis(4);

    private static volatile boolean taken;

    private Turns() {}

    /**
     * From now on this thread and all that it starts wait for their turns.
     *
     * @return whether they do; not where the system knows nothing of the kind, nor where whoever
     *     started this process has given it a policy already
     */
    public static boolean take() {
        boolean changed = policy() == SCHED_OTHER && set(SCHED_BATCH);
        taken |= changed;
        return changed;
    }

    /**
     * This thread interrupts others again, if {@link #take} was called before: for one that keeps
     * time and does little.
     */
    public static void skip() {
        if (taken && policy() == SCHED_BATCH) {
            set(SCHED_OTHER);
        }
    }

    /**
     * This thread waits for its turns, if {@link #take} was called before, and they are longer than
     * others': for one that computes for milliseconds at a time, whoever started it.
     */
    public static void lengthen() {
        if (taken) {
            new SchedulingAttributes(SCHED_BATCH, LONG_SLICE).giveTo(THIS_THREAD);
        }
    }

    /** Whether {@link #take} changed anything in this process. */
    static boolean taken() {
        return taken;
    }

    /** Whether this thread waits for its turn. */
    static boolean waits() {
        return policy() == SCHED_BATCH;
    }

    /** Of this thread; negative where the system has none. */
    private static int policy() {
        return CLibrary.call(
                "sched_getscheduler",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                handle -> (int) handle.invokeExact(THIS_THREAD));
    }

    private static boolean set(int policy) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment priority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            return CLibrary.call(
                            "sched_setscheduler",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS),
                            handle -> (int) handle.invokeExact(THIS_THREAD, policy, priority))
                    == 0;
        }
    }
}
