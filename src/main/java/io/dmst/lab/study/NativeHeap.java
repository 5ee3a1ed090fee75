package io.dmst.lab.study;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What native code of this process holds of the C library's allocator, in bytes, exact: {@code
 * mallinfo2} of glibc 2.33 or newer, memory in arenas ({@code uordblks}) and mapped by itself
 * ({@code hblkhd}). Blind to another allocator that is preloaded. Thread-safe.
 */
final class NativeHeap {

    private static final String FUNCTION = "mallinfo2";
    private static final int FIELDS = 10;
    private static final int MAPPED = 4;
    private static final int IN_ARENAS = 7;

    private static final MemoryLayout STRUCT =
            MemoryLayout.sequenceLayout(FIELDS, ValueLayout.JAVA_LONG);

    private final MethodHandle mallinfo;

    /**
     * @throws UnsupportedOperationException if the C library has no such function
     */
    NativeHeap() {
        Linker linker = Linker.nativeLinker();
        MemorySegment function =
                linker.defaultLookup()
                        .find(FUNCTION)
                        .orElseThrow(() ->
                                new UnsupportedOperationException(
                                        "expected glibc 2.33 or newer, whose "
                                                + FUNCTION
                                                + " counts native memory; there is none"));
        this.mallinfo =
                linker.downcallHandle(
                        function,
                        FunctionDescriptor.of(
                                MemoryLayout.structLayout(STRUCT.withName("fields"))));
    }

    /** Bytes held now. */
    long bytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) mallinfo.invokeExact((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, MAPPED)
                    + info.getAtIndex(ValueLayout.JAVA_LONG, IN_ARENAS);
        } catch (Throwable e) {
            throw new IllegalStateException(FUNCTION + " could not be called", e);
        }
    }
}
