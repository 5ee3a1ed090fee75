package io.dmst.core.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Reads and writes the safetensors format: 8 bytes of header length, a JSON header, the values.
 *
 * <p>Every file is checked in full before a tensor of it is seen, so that none can reach outside
 * its file or into another one. What is written has the same bytes for the same tensors and
 * metadata, those of the reference implementation (<a
 * href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>) but for the order
 * of metadata keys, which is alphabetic here.
 */
public final class Safetensors {

    private static final int PREFIX = Long.BYTES;
    private static final int ALIGNMENT = 8;
    private static final long CHUNK = 1 << 30;
    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Safetensors() {}

    /**
     * Maps a file into memory; its pages are loaded when a tensor's values are read. The file must
     * not be truncated while a tensor of it is in use; to replace it, move another over it, as
     * {@link #write} does.
     *
     * @throws CheckpointException if it is not a valid safetensors file, naming file and tensor
     * @throws IOException if it cannot be read
     */
    public static TensorMap read(Path file) throws IOException {
        return read(map(file), file.toString());
    }

    /**
     * Reads the bytes of a file.
     *
     * @param bytes not to be changed afterwards: the tensors are views of them
     * @param source to name in messages
     * @throws CheckpointException as {@link #read(Path)}
     */
    public static TensorMap read(byte[] bytes, String source) {
        return read(MemorySegment.ofArray(bytes), source);
    }

    static MemorySegment map(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(
                    file.toString(), null, "is a directory, not a safetensors file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }

    static TensorMap read(MemorySegment file, String source) {
        int headerBytes = headerBytes(file, source);
        MemorySegment buffer = file.asSlice(PREFIX + (long) headerBytes);
        SafetensorsHeader header = HeaderJson.read(source, headerText(file, headerBytes, source));
        header.check(buffer.byteSize());
        TreeMap<String, Tensor> tensors = new TreeMap<>();
        header.entries()
                .forEach((name, entry) ->
                        tensors.put(
                                name,
                                Tensor.view(
                                        entry.dtype(),
                                        entry.shape(),
                                        buffer.asSlice(entry.begin(), entry.bytes()))));
        return new TensorMap(source, tensors, header.metadata());
    }

    private static int headerBytes(MemorySegment file, String source) {
        if (file.byteSize() < PREFIX) {
            throw new CheckpointException(
                    "%s: not a safetensors file: it has %d bytes, fewer than the %d of a header length"
                            .formatted(source, file.byteSize(), PREFIX));
        }
        long length = file.get(LENGTH, 0);
        if (length < 0 || length > SafetensorsHeader.MAX_BYTES) {
            throw new CheckpointException(
                    "%s: not a safetensors file: the header may have %d bytes, but its length says %s"
                            .formatted(
                                    source,
                                    SafetensorsHeader.MAX_BYTES,
                                    Long.toUnsignedString(length)));
        }
        if (length > file.byteSize() - PREFIX) {
            throw new CheckpointException(
                    "%s: truncated: the header has %d bytes, but the file ends after %d of them"
                            .formatted(source, length, file.byteSize() - PREFIX));
        }
        return (int) length;
    }

    private static String headerText(MemorySegment file, int headerBytes, String source) {
        ByteBuffer bytes = file.asSlice(PREFIX, headerBytes).asByteBuffer();
        if (!bytes.hasRemaining() || bytes.get(0) != '{') {
            throw new CheckpointException(source + ": the header must be a JSON object");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(source + ": the header must be UTF-8", e);
        }
    }

    /**
     * Writes a file; it appears whole or not at all.
     *
     * @param file replaced if it exists
     * @param tensors by name, in any order
     * @param metadata free text by key
     * @throws IllegalArgumentException if a tensor has the name of the metadata, or the header gets
     *     longer than the format allows
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        try (AtomicFile draft = new AtomicFile(file)) {
            write(draft, file.toString(), tensors, metadata);
            draft.publish();
        }
    }

    static void write(
            AtomicFile draft,
            String source,
            Map<String, Tensor> tensors,
            Map<String, String> metadata)
            throws IOException {
        SafetensorsHeader header = SafetensorsHeader.layOut(source, tensors, metadata);
        draft.append(encode(header));
        for (Map.Entry<String, SafetensorsHeader.Entry> named : header.inBufferOrder()) {
            append(draft, Objects.requireNonNull(tensors.get(named.getKey())).segment());
        }
        draft.finish();
    }

    private static ByteBuffer encode(SafetensorsHeader header) {
        if (header.entries().containsKey(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException(
                    header.source()
                            + ": a tensor cannot have the name "
                            + SafetensorsHeader.METADATA);
        }
        byte[] json = HeaderJson.write(header).getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        if (padded > SafetensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "%s: the header may have %d bytes, but %d tensors need %d"
                            .formatted(
                                    header.source(),
                                    SafetensorsHeader.MAX_BYTES,
                                    header.entries().size(),
                                    padded));
        }
        ByteBuffer bytes = ByteBuffer.allocate(PREFIX + padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }

    private static void append(AtomicFile draft, MemorySegment data) throws IOException {
        for (long at = 0; at < data.byteSize(); at += CHUNK) {
            long size = Math.min(CHUNK, data.byteSize() - at);
            draft.append(data.asSlice(at, size).asByteBuffer());
        }
    }
}
