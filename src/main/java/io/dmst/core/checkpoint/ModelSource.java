package io.dmst.core.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the files of a model lie. */
sealed interface ModelSource {

    /** Editors on Windows begin a file with it. */
    String BYTE_ORDER_MARK = "\uFEFF";

    /** The content of a file, if it is there. */
    Optional<MemorySegment> open(String file) throws IOException;

    /** What to call a file in messages. */
    String name(String file);

    /** The content of a file as text. */
    default String text(String file, MemorySegment content) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(content.asByteBuffer()).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new CheckpointException(name(file) + ": must be UTF-8 text", e);
        }
    }

    /** A directory of the file system, whose weights are mapped into memory. */
    record Folder(Path directory) implements ModelSource {

        @Override
        public Optional<MemorySegment> open(String file) throws IOException {
            Path path = directory.resolve(file);
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            return Optional.of(
                    file.equals(ModelDirectory.WEIGHTS)
                            ? Safetensors.map(path)
                            : MemorySegment.ofArray(Files.readAllBytes(path)));
        }

        @Override
        public String name(String file) {
            return directory.resolve(file).toString();
        }
    }

    /** A folder of the class path, in a jar within a jar too: read into memory. */
    record Resources(String folder) implements ModelSource {

        @Override
        public Optional<MemorySegment> open(String file) throws IOException {
            ClassLoader loader = ModelSource.class.getClassLoader();
            try (InputStream in = loader.getResourceAsStream(folder + file)) {
                return in == null
                        ? Optional.empty()
                        : Optional.of(MemorySegment.ofArray(in.readAllBytes()));
            }
        }

        @Override
        public String name(String file) {
            return "classpath:" + folder + file;
        }
    }
}
