package io.dmst.core.model;

import io.dmst.core.checkpoint.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The named networks: {@code dmst-…}, {@code tost-…} and {@code vit-…} differ in the attention
 * alone.
 *
 * <p>The large ones have ToST's published sizes and take 224×224 images; the compact ones take
 * 32×32 images and have one class-attention block. {@code compact-4m} has the membership head, and
 * {@code lite0} and {@code lite2} have it on a pretrained stem.
 */
public final class Variants {

    private static final Map<String, String> ATTENTION =
            Map.of("dmst", "dmsa", "tost", "tssa", "vit", "mhsa");

    private static final SortedMap<String, ModelConfig> BY_NAME = build();

    private Variants() {}

    /**
     * The network of a name.
     *
     * @param name such as {@code dmst-tiny-12-p16}
     * @throws IllegalArgumentException for an unknown name, listing the known ones
     */
    public static ModelConfig named(String name) {
        ModelConfig config = BY_NAME.get(name);
        if (config == null) {
            throw new IllegalArgumentException(
                    "unknown network '" + name + "'; known are " + String.join(", ", names()));
        }
        return config;
    }

    /** All names, sorted. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    private record Size(String name, int image, int width, int depth, int heads, int patch) {}

    private static SortedMap<String, ModelConfig> build() {
        SortedMap<String, ModelConfig> variants = new TreeMap<>();
        for (String family : ATTENTION.keySet()) {
            for (int patch : new int[] {16, 8}) {
                put(variants, family, new Size("tiny-12", 224, 192, 12, 4, patch), Map.of());
                put(variants, family, new Size("small-12", 224, 384, 12, 8, patch), Map.of());
                put(variants, family, new Size("tiny-24", 224, 192, 24, 4, patch), deep());
                put(variants, family, new Size("small-24", 224, 384, 24, 8, patch), deep());
                put(variants, family, new Size("medium-24", 224, 512, 24, 8, patch), deep());
                put(variants, family, new Size("large-24", 224, 768, 24, 16, patch), deep());
            }
            Map<String, Object> compact = Map.of("cls_attn_layers", 1);
            put(variants, family, new Size("compact-4", 32, 96, 4, 4, 4), compact);
            put(variants, family, new Size("compact-6", 32, 128, 6, 4, 4), compact);
            put(variants, family, new Size("compact-4", 32, 96, 4, 4, 2), compact);
            Map<String, Object> convolutional = Map.of("cls_attn_layers", 1, "stem_depth", 2);
            put(variants, family, new Size("compact-4c", 32, 96, 4, 4, 4), convolutional);
            put(variants, family, new Size("compact-6c", 32, 128, 6, 4, 4), convolutional);
        }
        put(variants, "dmst", new Size("compact-4m", 32, 128, 4, 12, 4), ownHead(2));
        for (String family : List.of("dmst", "tost")) {
            put(variants, family, new Size("lite0", 224, 192, 3, 12, 16), pretrained("lite0"));
            put(variants, family, new Size("lite2", 256, 192, 3, 12, 16), pretrained("lite2"));
        }
        return variants;
    }

    /** Networks of 24 blocks start their residual branches almost closed. */
    private static Map<String, Object> deep() {
        return Map.of("eta", 1e-5);
    }

    /** The membership head, and blocks without MLP, which it needs less. */
    private static Map<String, Object> ownHead(int stemDepth) {
        return Map.of("head", "membership", "mlp_ratio", 0, "stem_depth", stemDepth);
    }

    /** The membership head on the fifth and the last stage of a pretrained stem. */
    private static Map<String, Object> pretrained(String network) {
        Map<String, Object> keys = new LinkedHashMap<>(ownHead(1));
        keys.put("stem", "efficientnet-" + network);
        keys.put("stem_stages", List.of(5, 7));
        double half = 127 / 255.0;
        double unit = 128 / 255.0;
        keys.put(
                "preprocessing",
                Map.of(
                        "mean", List.of(half, half, half),
                        "std", List.of(unit, unit, unit),
                        "crop_fraction", 0.875));
        return keys;
    }

    private static void put(
            SortedMap<String, ModelConfig> variants,
            String family,
            Size size,
            Map<String, Object> more) {
        String name = family + "-" + size.name() + "-p" + size.patch();
        Map<String, Object> keys = new LinkedHashMap<>(more);
        keys.put("name", name);
        keys.put("image_size", size.image());
        keys.put("patch_size", size.patch());
        keys.put("embed_dim", size.width());
        keys.put("depth", size.depth());
        keys.put("num_heads", size.heads());
        keys.put("num_classes", size.image() == 32 ? 10 : 1000);
        keys.put("attention", ATTENTION.getOrDefault(family, "dmsa"));
        variants.put(name, ModelConfig.of(keys));
    }
}
