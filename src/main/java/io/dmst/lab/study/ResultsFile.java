package io.dmst.lab.study;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Results of a study, one JSON object a line, that are only ever appended. A line is on the disk
 * when {@link #append} returns. What a writer that was killed left of a line, without its end, is
 * cut off when the file is opened.
 *
 * <p>One process at a time has it open. Safe for use by several threads.
 */
final class ResultsFile implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final FileChannel channel;
    private final List<JsonNode> lines;

    private ResultsFile(FileChannel channel, List<JsonNode> lines) {
        this.channel = channel;
        this.lines = lines;
    }

    /**
     * Opens a file, or begins it.
     *
     * @param log is told of a line that was cut off
     * @throws IOException if a line is no JSON object, or another process has the file open
     */
    static ResultsFile open(Path file, Consumer<String> log) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            lock(channel, file);
            byte[] content = Files.readAllBytes(file);
            int end = end(content);
            if (end < content.length) {
                log.accept(
                        "%s: dropped %d bytes of a line that was not finished"
                                .formatted(file, content.length - end));
                channel.truncate(end);
                channel.force(true);
            }
            channel.position(end);
            return new ResultsFile(channel, parse(file, content, end));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The lines of a file that may be written at the same time, without what is unfinished. */
    static List<JsonNode> read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        return parse(file, content, end(content));
    }

    private static void lock(FileChannel channel, Path file) throws IOException {
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
            throw new IOException(
                    file + " is in use by another study; wait for it or choose another --work");
        }
    }

    /** After the last end of a line. */
    private static int end(byte[] content) {
        int end = content.length;
        while (end > 0 && content[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static List<JsonNode> parse(Path file, byte[] content, int end) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        int number = 0;
        for (String line : new String(content, 0, end, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            lines.add(parse("%s, line %d".formatted(file, number), line));
        }
        return lines;
    }

    private static JsonNode parse(String place, String line) throws IOException {
        try {
            JsonNode parsed = JSON.readTree(line);
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (JacksonException e) {
            throw new IOException(
                    place + ": expected a JSON object, got " + e.getOriginalMessage(), e);
        }
        throw new IOException(place + ": expected a JSON object, got " + line);
    }

    /** Appends a line and forces it to the disk. */
    synchronized void append(Map<String, ?> line) throws IOException {
        JsonNode node = JSON.valueToTree(line);
        byte[] text = (JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.wrap(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
        lines.add(node);
    }

    /** All lines so far. */
    synchronized List<JsonNode> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
