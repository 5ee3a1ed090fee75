package io.dmst.core.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that determines a network's shape and its input, as {@code config.json} says it (keys
 * in snake case). Absent keys take the values of the published ToST code.
 *
 * @param name of the model, as users address it
 * @param version of the model
 * @param imageSize of the input, a multiple of the patch size
 * @param patchSize 32, 16, 8, 4 or 2: side of a token in pixels
 * @param stem what makes features of pixels
 * @param stemStages of a pretrained stem, one or two of 5, 6 and 7, ascending: the features of both
 *     are added on the first one's grid; empty for the other stems
 * @param stemDepth 3×3 convolutions per resolution of the convolutional stem; 1 is the published
 *     one
 * @param embedDim channels d of a token
 * @param depth number of blocks
 * @param numHeads number of groups K
 * @param mlpRatio hidden width of an MLP relative to d; 0 leaves the MLP of the blocks out
 * @param numClasses outputs of the head
 * @param head how tokens become class scores
 * @param centre of the memberships in the membership head
 * @param clsAttnLayers number of class-attention blocks, where the head has them
 * @param layerNormEps added to the variance in layer normalisation
 * @param batchNormEps added to the variance in the stem's batch normalisation
 * @param eta start of the layer scale
 * @param attention operator of the blocks
 * @param sparsifier of DMSA
 * @param rope rotary position encoding of DMSA
 * @param preprocessing from image to input
 */
public record ModelConfig(
        String name,
        String version,
        ImageSize imageSize,
        int patchSize,
        StemType stem,
        List<Integer> stemStages,
        int stemDepth,
        int embedDim,
        int depth,
        int numHeads,
        int mlpRatio,
        int numClasses,
        HeadType head,
        Centring centre,
        int clsAttnLayers,
        double layerNormEps,
        double batchNormEps,
        double eta,
        Attention attention,
        Sparsifier sparsifier,
        Rope rope,
        Preprocessing preprocessing) {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                    .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
                    .build();

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,127}");

    private static final String DEFAULTS =
            """
            {
              "name": "unnamed",
              "version": "1",
              "stem": "convolution",
              "stem_stages": [],
              "stem_depth": 1,
              "mlp_ratio": 4,
              "head": "class_attention",
              "centre": "both",
              "cls_attn_layers": 2,
              "layer_norm_eps": 1e-6,
              "batch_norm_eps": 1e-5,
              "eta": 1.0,
              "attention": "dmsa",
              "sparsifier": "moment",
              "rope": "none",
              "preprocessing": {
                "mean": [0.485, 0.456, 0.406],
                "std": [0.229, 0.224, 0.225],
                "crop_fraction": 1.0
              }
            }
            """;

    public ModelConfig {
        Objects.requireNonNull(imageSize, "image_size is missing");
        Objects.requireNonNull(attention, "attention is missing");
        stemStages = List.copyOf(stemStages);
        require(
                NAME.matcher(name).matches() && NAME.matcher(version).matches(),
                "name and version must be 1 to 128 letters, digits, '.', '_', '-' or '+', and not"
                        + " begin with '.'");
        requireRange("image_size", Math.max(imageSize.height(), imageSize.width()), 1, 4_096);
        requireRange("patch_size", patchSize, 1, 32);
        requireRange("stem_depth", stemDepth, 1, 16);
        requireRange("embed_dim", embedDim, 1, 8_192);
        requireRange("depth", depth, 1, 256);
        requireRange("num_heads", numHeads, 1, 1_024);
        requireRange("mlp_ratio", mlpRatio, 0, 64);
        requireRange("num_classes", numClasses, 1, 100_000);
        requireRange("cls_attn_layers", clsAttnLayers, 1, 16);
        requireStem(stem, stemStages, imageSize, patchSize);
        // only DMSA's groups share all axes; every other use of a head has a block of its own
        boolean shared =
                attention == Attention.DMSA
                        && sparsifier != Sparsifier.MASK
                        && head == HeadType.MEMBERSHIP;
        require(
                shared || embedDim % numHeads == 0,
                "embed_dim " + embedDim + " is not a multiple of num_heads " + numHeads);
        require(
                stem != StemType.CONVOLUTION || embedDim % Math.max(1, patchSize / 2) == 0,
                "embed_dim " + embedDim + " is not a multiple of half the patch_size " + patchSize);
        require(
                head == HeadType.CLASS_ATTENTION || attention != Attention.MHSA,
                "head membership needs an attention that has memberships: dmsa or tssa, not mhsa");
        require(
                head == HeadType.MEMBERSHIP || mlpRatio >= 1,
                "head class_attention needs an mlp_ratio of at least 1, not " + mlpRatio);
        require(
                layerNormEps > 0 && batchNormEps > 0,
                "layer_norm_eps and batch_norm_eps must be positive");
        require(
                rope == Rope.NONE || embedDim % 4 == 0,
                "rope needs embed_dim to be a multiple of 4, not " + embedDim);
    }

    private static void requireStem(
            StemType stem, List<Integer> stages, ImageSize imageSize, int patchSize) {
        List<Integer> sizes = List.of(2, 4, 8, 16);
        if (stem.pretrained()) {
            require(
                    List.of(5, 6, 7).containsAll(stages)
                            && (stages.size() == 1
                                    || (stages.size() == 2 && stages.get(0) < stages.get(1))),
                    "stem_stages must be one or two of 5, 6 and 7, ascending, not " + stages);
            // stage 5 is at a sixteenth of the image's side, the later ones at a thirty-second
            sizes = List.of(stages.getFirst() == 5 ? 16 : 32);
            require(
                    imageSize.height() % 32 == 0 && imageSize.width() % 32 == 0,
                    "image_size " + imageSize + " is not a multiple of 32, as this stem needs");
        } else {
            require(stages.isEmpty(), "stem_stages belong to a pretrained stem, not to this one");
        }
        require(
                sizes.contains(patchSize),
                "patch_size must be %s, not %d"
                        .formatted(
                                sizes.size() == 1
                                        ? sizes.getFirst() + " with these stem_stages"
                                        : "2, 4, 8 or 16",
                                patchSize));
        require(
                imageSize.height() % patchSize == 0 && imageSize.width() % patchSize == 0,
                "image_size " + imageSize + " is not a multiple of patch_size " + patchSize);
    }

    /** Bounds far above any useful network, so that a wrong number is refused at once. */
    private static void requireRange(String key, int value, int least, int most) {
        require(
                value >= least && value <= most,
                "%s must be from %d to %d, not %d".formatted(key, least, most, value));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * Reads a configuration.
     *
     * @param json text of a {@code config.json}; absent keys take their defaults
     * @throws IllegalArgumentException for malformed JSON, an unknown key or a value out of range,
     *     naming it
     */
    public static ModelConfig parse(String json) {
        try {
            ObjectNode merged = (ObjectNode) JSON.readTree(DEFAULTS);
            if (!(JSON.readTree(json) instanceof ObjectNode given)) {
                throw new IllegalArgumentException("a model configuration must be a JSON object");
            }
            merged.setAll(given);
            return JSON.treeToValue(merged, ModelConfig.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "model configuration: "
                            + e.getOriginalMessage()
                            + " at "
                            + e.getPathReference(),
                    e);
        }
    }

    /**
     * A configuration from its keys.
     *
     * @param keys as in {@code config.json}; absent ones take their defaults
     * @throws IllegalArgumentException as {@link #parse}
     */
    public static ModelConfig of(Map<String, ?> keys) {
        return parse(JSON.writeValueAsString(keys));
    }

    /**
     * Reads a configuration file.
     *
     * @param file a {@code config.json}
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException as {@link #parse}, naming the file
     */
    public static ModelConfig read(Path file) throws IOException {
        String json = Files.readString(file);
        try {
            return parse(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** This configuration as the text of a {@code config.json}. */
    public String json() {
        return JSON.writeValueAsString(this);
    }

    /**
     * This configuration with some keys replaced.
     *
     * @param changes by their key in {@code config.json}
     * @throws IllegalArgumentException as {@link #parse}
     */
    public ModelConfig with(Map<String, ?> changes) {
        ObjectNode tree = JSON.valueToTree(this);
        tree.setAll((ObjectNode) JSON.valueToTree(changes));
        return parse(tree.toString());
    }

    /** Number of patch tokens N of one image. */
    public int tokens() {
        return gridHeight() * gridWidth();
    }

    /** Rows of the token grid. */
    public int gridHeight() {
        return imageSize.height() / patchSize;
    }

    /** Columns of the token grid. */
    public int gridWidth() {
        return imageSize.width() / patchSize;
    }
}
