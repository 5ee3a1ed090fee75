package io.dmst.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears whole or not at all: written beside its place, forced to the disk, then moved
 * over it. A killed writer leaves a hidden {@code .NAME.….tmp} behind, which nobody reads. For one
 * thread.
 */
public final class AtomicFile implements AutoCloseable {

    private final Path target;
    private final Path draft;
    private final FileChannel channel;

    /** Writes a text, replacing what is there as a whole. */
    public static void replace(Path target, String text) throws IOException {
        try (AtomicFile file = new AtomicFile(target)) {
            file.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            file.finish();
            file.publish();
        }
    }

    AtomicFile(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        this.target = absolute;
        this.draft =
                absolute.resolveSibling(
                        "." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        this.channel =
                FileChannel.open(draft, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    void append(ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Makes sure that what was appended survives a power cut; nothing can be appended after. */
    void finish() throws IOException {
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IOException failed(IOException cause) {
        return new IOException(
                "%s could not be written: %s. What was there before is kept"
                        .formatted(target, cause.getMessage()),
                cause);
    }

    /** Puts the finished file in its place, replacing what is there. */
    void publish() throws IOException {
        Files.move(
                draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Drops the draft if it was not published. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(draft);
    }
}
