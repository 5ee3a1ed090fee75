package io.dmst.scheduling;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * On which processors a thread may run ({@code sched_setaffinity(2)}), counted from 0 as {@code
 * taskset -c} counts them.
 *
 * <p>Belongs to a thread, and goes over to the threads and processes that it starts. A virtual
 * machine that is started so has as many processors as that. Known on Linux alone.
 */
public final class Affinity {

    /** Bytes of a {@code cpu_set_t}: 1024 processors. */
    private static final int SET = 128;

    private static final int THIS_THREAD = 0;

    private Affinity() {}

    /** Those of this thread; none where the system does not say. */
    public static SortedSet<Integer> processors() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(SET);
            if (call("sched_getaffinity", set) != 0) {
                return new TreeSet<>();
            }
            return BitSet.valueOf(set.toArray(ValueLayout.JAVA_BYTE)).stream()
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /**
     * From now on this thread runs on these alone.
     *
     * @throws IllegalArgumentException if the system does not allow that, or knows none of them
     */
    public static void set(Collection<Integer> processors) {
        BitSet bits = new BitSet(Byte.SIZE * SET);
        for (int processor : processors) {
            if (processor < 0 || processor >= Byte.SIZE * SET) {
                throw new IllegalArgumentException(refusal(processors));
            }
            bits.set(processor);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(SET);
            MemorySegment.copy(
                    bits.toByteArray(),
                    0,
                    set,
                    ValueLayout.JAVA_BYTE,
                    0,
                    bits.toByteArray().length);
            if (call("sched_setaffinity", set) != 0) {
                throw new IllegalArgumentException(refusal(processors));
            }
        }
    }

    private static String refusal(Collection<Integer> processors) {
        return "a thread cannot be bound to the processors "
                + processors
                + "; this one may use "
                + processors();
    }

    private static int call(String name, MemorySegment set) {
        return CLibrary.call(
                name,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS),
                handle -> (int) handle.invokeExact(THIS_THREAD, (long) SET, set));
    }
}
