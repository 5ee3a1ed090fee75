package io.dmst.lab.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;

/**
 * Features of images in 16-bit floats, one record of a fixed size after the other. Records are
 * appended; one that was being written when the process was killed is written again.
 *
 * <p>Not thread-safe while it grows; reading is, once it is mapped.
 */
final class FeatureFile implements AutoCloseable {

    private static final ValueLayout.OfShort HALF =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int BATCH = 16;

    private final FileChannel channel;
    private final int length;
    private final Arena arena = Arena.ofShared();
    private MemorySegment mapped = MemorySegment.NULL;

    /**
     * Opens a file, or makes an empty one.
     *
     * @param length values of a record
     */
    FeatureFile(Path file, int length) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        this.channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        this.length = length;
        long whole = records() * recordBytes();
        channel.truncate(whole);
        channel.position(whole);
    }

    private long recordBytes() {
        return 2L * length;
    }

    /** Whole records that are there. */
    long records() throws IOException {
        return channel.size() / recordBytes();
    }

    /** Values of a record. */
    int length() {
        return length;
    }

    /**
     * Appends a record.
     *
     * @throws IOException if it cannot be written, for one because the disk is full
     */
    void append(float[] values) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(recordBytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float.floatToFloat16(value));
        }
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Appends the records of some crops. */
    @FunctionalInterface
    interface Computation {
        void append(FeatureFile file, List<ExampleRows.Choice> crops) throws IOException;
    }

    /**
     * Computes the records that are missing, and makes all of them readable.
     *
     * @param what they are, for the progress bar
     * @param wanted a record each
     * @param stop ends the computation; what is computed is kept
     * @throws TrainingStopped if the training should end
     * @throws IOException if a record cannot be computed or written
     */
    void complete(String what, FeatureCache.Crops wanted, StopSignal stop, Computation computation)
            throws IOException {
        long all = wanted.records();
        if (records() > all) {
            throw new IOException(
                    "the %s are %d records, not %d: delete the cache's directory and start again"
                            .formatted(what, records(), all));
        }
        if (records() < all) {
            try (ProgressBar bar = new ProgressBar(what, all)) {
                while (records() < all) {
                    bar.stepTo(records());
                    stop.check();
                    computation.append(this, wanted.batch(records(), BATCH));
                }
                bar.stepTo(all);
            }
        }
        map();
    }

    /** Makes the records readable; call once all are there. */
    void map() throws IOException {
        mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    /**
     * Reads a part of a record.
     *
     * @param from first value of the part
     * @param values receives them
     * @param at where to put the first one
     * @param count how many
     */
    void read(long record, int from, float[] values, int at, int count) {
        long start = record * recordBytes() + 2L * from;
        for (int i = 0; i < count; i++) {
            values[at + i] = Float.float16ToFloat(mapped.get(HALF, start + 2L * i));
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        channel.close();
    }
}
