package io.dmst.scheduling;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Policy and time slice of a thread, {@code struct sched_attr} of sched_setattr(2).
 *
 * <p>Linux keeps a slice from 0.1 to 100 ms for {@code SCHED_OTHER} and {@code SCHED_BATCH} since
 * 6.12 ({@code sched_runtime}); before, only the policy is set. The C library of most systems has
 * no function for either call, so they are called by their numbers, which differ by processor.
 *
 * @param policy Linux's number of it
 * @param slice when it is given, 0 for the system's own; read, that is what it is, or 0 before 6.12
 */
record SchedulingAttributes(int policy, Duration slice) {

    private static final MemoryLayout LAYOUT =
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("size"),
                    ValueLayout.JAVA_INT.withName("policy"),
                    ValueLayout.JAVA_LONG.withName("flags"),
                    ValueLayout.JAVA_INT.withName("nice"),
                    ValueLayout.JAVA_INT.withName("priority"),
                    ValueLayout.JAVA_LONG.withName("runtime"),
                    ValueLayout.JAVA_LONG.withName("deadline"),
                    ValueLayout.JAVA_LONG.withName("period"));

    private static final long POLICY = offset("policy");
    private static final long PRIORITY = offset("priority");
    private static final long RUNTIME = offset("runtime");

    /** {@code asm/unistd.h}. */
    private enum SystemCall {
        GET(315, 275),
        SET(314, 274);

        private final Map<String, Long> numbers;

        SystemCall(long amd64, long aarch64) {
            numbers = Map.of("amd64", amd64, "aarch64", aarch64);
        }
    }

    private static long offset(String field) {
        return LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement(field));
    }

    /**
     * Those of a thread of this process.
     *
     * @param thread Linux's number, or 0 for the calling one
     * @return absent where the system knows no such call, or thread
     */
    static Optional<SchedulingAttributes> of(int thread) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment read = arena.allocate(LAYOUT);
            return call(SystemCall.GET, thread, read, LAYOUT.byteSize()) == 0
                    ? Optional.of(
                            new SchedulingAttributes(
                                    read.get(ValueLayout.JAVA_INT, POLICY),
                                    Duration.ofNanos(read.get(ValueLayout.JAVA_LONG, RUNTIME))))
                    : Optional.empty();
        }
    }

    /**
     * Gives a thread of this process these, with the lowest priority of a policy that has some, and
     * leaves all else as it is; nothing where the system knows no such call or does not allow it.
     *
     * @param thread Linux's number, or 0 for the calling one
     * @return whether it has them
     */
    boolean giveTo(int thread) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(LAYOUT);
            if (call(SystemCall.GET, thread, attributes, LAYOUT.byteSize()) != 0) {
                return false;
            }
            attributes.set(ValueLayout.JAVA_INT, POLICY, policy);
            attributes.set(ValueLayout.JAVA_INT, PRIORITY, policy == Turns.SCHED_RR ? 1 : 0);
            attributes.set(ValueLayout.JAVA_LONG, RUNTIME, slice.toNanos());
            return call(SystemCall.SET, thread, attributes, 0) == 0;
        }
    }

    /**
     * @param last the size of the attributes and flags to read them, flags alone to write them
     */
    private static int call(SystemCall which, int thread, MemorySegment attributes, long last) {
        Long number = which.numbers.get(System.getProperty("os.arch"));
        if (number == null || !System.getProperty("os.name").equals("Linux")) {
            return -1;
        }
        long id = thread;
        return CLibrary.call(
                "syscall",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG),
                handle -> (int) handle.invokeExact((long) number, id, attributes, last, 0L),
                Linker.Option.firstVariadicArg(1));
    }
}
