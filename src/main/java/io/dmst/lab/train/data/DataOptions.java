package io.dmst.lab.train.data;

import java.nio.file.Path;

/**
 * Where images come from and how they are read.
 *
 * @param source directory or zip
 * @param split how they fall into parts
 * @param badData what to do about bad data
 * @param threads that prepare batches ahead of the training thread
 * @param memory for decoded pictures that are kept, in bytes; the others are decoded when needed
 */
public record DataOptions(
        Path source, SplitOptions split, BadData badData, int threads, long memory) {

    public DataOptions {
        if (threads < 1 || memory < 0) {
            throw new IllegalArgumentException(
                    "expected at least one loader thread and no negative memory, got %d and %d"
                            .formatted(threads, memory));
        }
    }

    /** A quarter of the largest heap keeps pictures. */
    public static DataOptions of(Path source) {
        return new DataOptions(source, SplitOptions.DEFAULT, BadData.SKIP, 1, defaultMemory());
    }

    public static long defaultMemory() {
        return Runtime.getRuntime().maxMemory() / 4;
    }
}
