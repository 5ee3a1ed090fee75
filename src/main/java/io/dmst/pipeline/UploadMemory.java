package io.dmst.pipeline;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Memory outside of the heap for images that wait to be decoded: on the heap each collection would
 * copy all that wait, and they would be a third of the garbage (docs/performance.md). Blocks of
 * some sizes are used again; what is larger, or one too many, is allocated and freed for itself.
 * Safe for use by several threads.
 */
@Component
public class UploadMemory {

    /** Up to which a file stays on the heap: it is decoded as soon as it is there. */
    private static final int SMALL = 1 << 13;

    private static final int LARGEST_BLOCK = 1 << 20;

    /** Of all blocks together, in bytes; those that wait are a few at most. */
    static final long KEPT = 1L << 26;

    /** By the power of two that is their size. */
    private final List<Deque<MemorySegment>> unused =
            Stream.generate(ConcurrentLinkedDeque<MemorySegment>::new)
                    .limit(Integer.numberOfTrailingZeros(LARGEST_BLOCK) + 1L)
                    .<Deque<MemorySegment>>map(blocks -> blocks)
                    .toList();

    private final AtomicLong kept = new AtomicLong();

    /** Frees them when nothing of this is reachable any more. */
    private final Arena blocks = Arena.ofAuto();

    /**
     * Where the bytes of an image come from.
     *
     * @param <E> where they end early
     */
    public interface Source<E extends Exception> {

        /** Puts as many bytes as there are into the buffer, which has room for all of them. */
        void into(ByteBuffer buffer) throws E;
    }

    private record Block(MemorySegment bytes, Runnable free) {}

    /**
     * Takes an image in.
     *
     * @param length of it in bytes, or more
     * @param exchange whose request brings it
     * @throws E of the source
     */
    public <E extends Exception> Upload filled(int length, Exchange exchange, Source<E> source)
            throws E {
        Block block = block(length);
        ByteBuffer buffer = block.bytes().asSlice(0, length).asByteBuffer();
        boolean filled = false;
        try {
            source.into(buffer);
            filled = true;
        } finally {
            if (!filled) {
                block.free().run();
            }
        }
        Upload upload = new Upload(block.bytes().asSlice(0, buffer.position()), block.free());
        exchange.holds(upload);
        return upload;
    }

    private Block block(int length) {
        if (length <= SMALL) {
            return new Block(MemorySegment.ofArray(new byte[length]), () -> {});
        }
        if (length > LARGEST_BLOCK) {
            return own(length);
        }
        int power = Integer.SIZE - Integer.numberOfLeadingZeros(length - 1);
        MemorySegment used = unused.get(power).pollFirst();
        if (used == null && kept.addAndGet(1L << power) > KEPT) {
            kept.addAndGet(-(1L << power));
            return own(length);
        }
        MemorySegment bytes = used == null ? blocks.allocate(1L << power) : used;
        return new Block(bytes, () -> unused.get(power).addFirst(bytes));
    }

    @SuppressWarnings("MustBeClosedChecker") // by whoever frees the block
    private static Block own(int length) {
        Arena own = Arena.ofShared();
        return new Block(own.allocate(length), own::close);
    }
}
