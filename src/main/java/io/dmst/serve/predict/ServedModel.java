package io.dmst.serve.predict;

import io.dmst.core.checkpoint.Attention;
import io.dmst.core.checkpoint.CheckpointException;
import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.math.CodingRate;
import io.dmst.core.model.Contributions;
import io.dmst.core.typicality.LayerVector;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.ReferenceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What users may know about a model.
 *
 * @param config its shape, name and version
 * @param labels one per class, in the order of the outputs
 * @param card how it was made and how good it is
 * @param digest {@code sha256:…} of its weights and configuration
 * @param reference what its layers say about its data; absent if that was never measured
 * @param contributions splits its class scores over tokens and groups; absent where its head is not
 *     the membership head
 */
public record ServedModel(
        ModelConfig config,
        List<String> labels,
        ModelCard card,
        String digest,
        @Nullable Reference reference,
        @Nullable Contributions contributions) {

    private static final Logger log = LoggerFactory.getLogger(ServedModel.class);

    public ServedModel {
        labels = List.copyOf(labels);
        if (labels.size() != config.numClasses()) {
            throw new IllegalArgumentException(
                    "model %s has %d classes but %d labels"
                            .formatted(config.name(), config.numClasses(), labels.size()));
        }
    }

    /** One without a reference, whose class scores are not split. */
    public ServedModel(ModelConfig config, List<String> labels, ModelCard card, String digest) {
        this(config, labels, card, digest, null, null);
    }

    /**
     * What users may know of a model that lies in a directory. A reference of other weights is
     * ignored with a warning.
     *
     * @throws CheckpointException if there is a reference of these weights and it is broken
     */
    public static ServedModel of(ModelDirectory directory) {
        return new ServedModel(
                directory.config(),
                directory.labels(),
                directory.card(),
                directory.digest(),
                reference(directory),
                Contributions.of(directory).orElse(null));
    }

    private static @Nullable Reference reference(ModelDirectory directory) {
        TensorMap file = directory.reference().orElse(null);
        if (file == null) {
            log.info(
                    "model {} has no {}: its answers have no typicality, and drift is not watched;"
                            + " \"dmst profile\" writes that file",
                    directory.config().name(),
                    ModelDirectory.REFERENCE);
            return null;
        }
        Reference reference = ReferenceFile.read(file);
        if (!reference.origin().modelDigest().equals(directory.digest())) {
            log.warn(
                    "{} was made for {}, not for this model, and is ignored: no typicality, no"
                            + " drift; \"dmst profile\" writes it anew",
                    file.source(),
                    reference.origin().modelDigest());
            return null;
        }
        LayerVector components = reference.components();
        if (components.layers() != directory.config().depth()
                || components.groups() != directory.config().numHeads()) {
            throw new CheckpointException(
                    "%s: expected %d layers of %d groups, as in config.json, not %d of %d"
                            .formatted(
                                    file.source(),
                                    directory.config().depth(),
                                    directory.config().numHeads(),
                                    components.layers(),
                                    components.groups()));
        }
        return reference;
    }

    /** ε² of every coding rate that is told without being asked for one. */
    public double epsilonSquared() {
        return CodingRate.EPSILON_SQUARED;
    }

    /** The largest possible coding rate of a layer at {@link #epsilonSquared}, nats. */
    public double codingRateBound() {
        return CodingRate.bound(config.embedDim(), epsilonSquared());
    }

    /** Whether its attention assigns tokens to groups; softmax attention does not. */
    public boolean hasMemberships() {
        return config.attention() != Attention.MHSA;
    }

    /** Whether the score of a class can be split over tokens and groups. */
    public boolean hasContributions() {
        return contributions != null;
    }

    /**
     * The class of a name, or else of a number.
     *
     * @param text a label, or the place of a class among the outputs, from 0
     */
    public Optional<Integer> classNamed(String text) {
        int place = labels.indexOf(text);
        if (place < 0 && text.matches("\\d{1,9}") && Integer.parseInt(text) < labels.size()) {
            place = Integer.parseInt(text);
        }
        return place < 0 ? Optional.empty() : Optional.of(place);
    }

    /** Its classes in one line, for those who asked for another; not all where there are many. */
    public String listedClasses() {
        int most = Math.min(labels.size(), 12);
        String some = String.join(", ", labels.subList(0, most));
        return most == labels.size() ? some : some + ", … (%d classes)".formatted(labels.size());
    }

    /** Whether its predictions have a typicality. */
    public boolean hasReference() {
        return reference != null;
    }

    /** Name by which users address it. */
    public String name() {
        return config.name();
    }

    /** Version among the models of its name. */
    public String version() {
        return config.version();
    }

    /** Height of the input in pixels. */
    public int imageHeight() {
        return config.imageSize().height();
    }

    /** Width of the input in pixels. */
    public int imageWidth() {
        return config.imageSize().width();
    }

    /** Side of the centre crop relative to the resized shorter side, in (0, 1]. */
    public double cropFraction() {
        return config.preprocessing().cropFraction();
    }

    /** Bytes of one image's pixels. */
    public int pixelBytes() {
        return Math.multiplyExact(Math.multiplyExact(imageHeight(), imageWidth()), 3);
    }

    /** The configuration by the keys of its file. */
    public Map<String, Object> settings() {
        return JsonMapper.shared().readValue(config.json(), new TypeReference<>() {});
    }

    /** The configuration as in its file. */
    public String settingsJson() {
        return config.json();
    }

    /** The card's facts by name, as JSON. */
    public String factsJson() {
        return JsonMapper.shared().writeValueAsString(facts());
    }

    /** The card's facts by name. */
    public Map<String, Object> facts() {
        return card.frontMatter();
    }

    /** The card's Markdown. */
    public String description() {
        return card.body();
    }

    /** Top-1 accuracy on the card's test set, in [0, 1], where the card states it. */
    public Optional<Double> accuracy() {
        return facts().get("accuracy") instanceof Number accuracy
                ? Optional.of(accuracy.doubleValue())
                : Optional.empty();
    }
}
