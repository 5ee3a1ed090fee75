package io.dmst.core.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A trained model as its directory holds it. Immutable and safe for use by several threads.
 *
 * <p>{@code config.json} and {@code model.safetensors} must be there. {@code labels.txt} is UTF-8
 * with one label a line, as many as the configuration has classes; without it the classes are
 * called {@code class 0}, {@code class 1} and so on. {@code model-card.md}, {@code
 * golden.safetensors} and {@code reference.safetensors} may be absent.
 *
 * @param config what {@code config.json} says
 * @param weights tensors of {@code model.safetensors}
 * @param labels of the classes, in the order of the network's outputs
 * @param card for people
 * @param digest {@code sha256:} and, in hexadecimal, the SHA-256 of the bytes of {@code
 *     config.json} followed by those of {@code model.safetensors}, as {@code cat config.json
 *     model.safetensors | sha256sum} prints it. Labels and card are not part of it: they change no
 *     number
 * @param golden tensors of {@link Golden#FILE}, perhaps of a former model: its metadata says
 * @param reference tensors of {@link #REFERENCE}, likewise
 */
public record ModelDirectory(
        ModelConfig config,
        TensorMap weights,
        List<String> labels,
        ModelCard card,
        String digest,
        Optional<TensorMap> golden,
        Optional<TensorMap> reference) {

    /** File of the configuration. */
    public static final String CONFIG = "config.json";

    /** File of the weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** File of the labels. */
    public static final String LABELS = "labels.txt";

    /** File of the card. */
    public static final String CARD = "model-card.md";

    /** File of what the layers say about the model's data. */
    public static final String REFERENCE = "reference.safetensors";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final long CHUNK = 1 << 24;

    /**
     * @throws IllegalArgumentException if a label is blank or doubled, or their number is not that
     *     of the classes
     */
    public ModelDirectory {
        labels = checked(labels, config);
    }

    /**
     * Reads a model from the file system; its weights are mapped as {@link Safetensors#read(Path)}
     * does. Not while another model is written over it: the files are opened one by one.
     *
     * @throws CheckpointException if a file is missing or not what it must be, naming it
     * @throws IOException if a file cannot be read
     */
    public static ModelDirectory read(Path directory) throws IOException {
        return read(new ModelSource.Folder(directory));
    }

    /**
     * Reads a model that comes with the program, from {@code models/NAME/} on the class path.
     *
     * @param name of letters, digits, {@code .}, {@code _} and {@code -}
     * @throws CheckpointException if there is no such model or one of its files is not what it must
     *     be
     */
    public static ModelDirectory bundled(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new CheckpointException("'" + name + "' cannot be the name of a bundled model");
        }
        try {
            return read(new ModelSource.Resources("models/" + name + "/"));
        } catch (IOException e) {
            throw new UncheckedIOException("the bundled model '" + name + "' is unreadable", e);
        }
    }

    private static ModelDirectory read(ModelSource source) throws IOException {
        MemorySegment config = required(source, CONFIG);
        MemorySegment weights = required(source, WEIGHTS);
        ModelConfig parsed = parse(source, CONFIG, config, ModelConfig::parse);
        Optional<MemorySegment> labels = source.open(LABELS);
        Optional<MemorySegment> card = source.open(CARD);
        return new ModelDirectory(
                parsed,
                Safetensors.read(weights, source.name(WEIGHTS)),
                labels.map(file -> parse(source, LABELS, file, text -> labels(text, parsed)))
                        .orElseGet(() -> numbered(parsed)),
                card.map(file -> parse(source, CARD, file, ModelCard::parse))
                        .orElse(ModelCard.EMPTY),
                sha256(config, weights),
                tensors(source, Golden.FILE),
                tensors(source, REFERENCE));
    }

    private static Optional<TensorMap> tensors(ModelSource source, String file) throws IOException {
        return source.open(file).map(content -> Safetensors.read(content, source.name(file)));
    }

    private static MemorySegment required(ModelSource source, String file) throws IOException {
        return source.open(file).orElseThrow(() -> missing(source.name(file)));
    }

    private static CheckpointException missing(String file) {
        return new CheckpointException(
                "%s is missing: a model needs %s and %s; name the directory that holds both, or write it again"
                        .formatted(file, CONFIG, WEIGHTS));
    }

    private static <T> T parse(
            ModelSource source, String file, MemorySegment content, Function<String, T> parser) {
        try {
            return parser.apply(source.text(file, content));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(source.name(file) + ": " + e.getMessage(), e);
        }
    }

    private static List<String> labels(String text, ModelConfig config) {
        return checked(text.lines().map(String::strip).toList(), config);
    }

    private static List<String> numbered(ModelConfig config) {
        return IntStream.range(0, config.numClasses()).mapToObj(i -> "class " + i).toList();
    }

    private static List<String> checked(List<String> labels, ModelConfig config) {
        Set<String> seen = new HashSet<>();
        for (String label : labels) {
            if (label.isBlank()) {
                throw new IllegalArgumentException("label %d is blank".formatted(seen.size()));
            }
            if (label.lines().count() != 1) {
                throw new IllegalArgumentException(
                        "label %d, '%s', must be one line".formatted(seen.size(), label));
            }
            if (label.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "label %d (line %d) has a control character"
                                .formatted(seen.size(), seen.size() + 1));
            }
            if (!seen.add(label)) {
                throw new IllegalArgumentException(
                        "label %d, '%s', was there before".formatted(seen.size(), label));
            }
        }
        if (labels.size() != config.numClasses()) {
            throw new IllegalArgumentException(
                    "there must be one label for each of the %d classes, not %d"
                            .formatted(config.numClasses(), labels.size()));
        }
        return List.copyOf(labels);
    }

    /** {@code sha256:} and, in hexadecimal, the SHA-256 of some contents one after the other. */
    public static String sha256(MemorySegment... files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (MemorySegment file : files) {
                for (long at = 0; at < file.byteSize(); at += CHUNK) {
                    long size = Math.min(CHUNK, file.byteSize() - at);
                    digest.update(file.asSlice(at, size).asByteBuffer());
                }
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Writes a model. Every file is first written beside its place and forced to the disk; then
     * they are moved in, the weights last. A writer killed at any moment leaves either the former
     * model, or the new one, or (where one of another configuration or other labels is replaced,
     * whose weights are deleted before the moves) a directory that {@link #read(Path)} refuses;
     * never a mixture. Only the card may be newer than the weights. For one writer per directory at
     * a time.
     *
     * @param directory created if absent; its other files stay
     * @throws IllegalArgumentException if the labels are not one for every class
     * @throws IOException if a file cannot be written
     */
    public static void write(
            Path directory,
            ModelConfig config,
            Map<String, Tensor> weights,
            List<String> labels,
            ModelCard card)
            throws IOException {
        ModelWriter.write(directory, config, weights, checked(labels, config), card);
    }
}
