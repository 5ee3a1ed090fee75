package io.dmst.scheduling;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * How much later than asked a thread that sleeps may be woken.
 *
 * <p>Linux has 50 µs unless it is told otherwise, so that timers that are near each other are
 * attended to together ({@code PR_SET_TIMERSLACK}, prctl(2)): where latencies of a millisecond are
 * measured from the time at which something was to happen, that is a twentieth of them. Belongs to
 * a thread, and to those that it starts; elsewhere than on Linux nothing happens.
 */
public final class TimerSlack {

    /** Linux's names, {@code linux/prctl.h}. */
    private static final int PR_SET_TIMERSLACK = 29;

    private static final int PR_GET_TIMERSLACK = 30;

    /** Nanoseconds; with 0 the thread has again what it began with. */
    private static final long LEAST = 1;

    private static final long USUAL = 0;

    private TimerSlack() {}

    /** From now on this thread is woken as punctually as can be. */
    public static void least() {
        set(LEAST);
    }

    /** From now on this thread is woken as punctually as when it began. */
    public static void usual() {
        set(USUAL);
    }

    private static void set(long nanos) {
        prctl(PR_SET_TIMERSLACK, nanos);
    }

    /** Of this thread, ns; negative where the system has none. */
    static int nanos() {
        return prctl(PR_GET_TIMERSLACK, 0);
    }

    private static int prctl(int option, long argument) {
        return CLibrary.call(
                "prctl",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
                handle -> (int) handle.invokeExact(option, argument),
                Linker.Option.firstVariadicArg(1));
    }
}
