package io.dmst.core.explain;

import io.dmst.core.explain.Explanation.MapFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An explanation as JSON has it; what a model does not have is left out. */
final class ExplanationTree {

    private final Map<String, Object> fields = new LinkedHashMap<>();

    private final MapFormat format;

    private ExplanationTree(MapFormat format) {
        this.format = format;
    }

    static Map<String, Object> of(Explanation explanation, MapFormat format) {
        ExplanationTree tree =
                new ExplanationTree(format)
                        .put(Term.GRID, grid(explanation.grid()))
                        .put(Term.GROUPS, explanation.groups())
                        .put(Term.SHOWN_GROUPS, explanation.shownGroups())
                        .put(Term.EPSILON_SQUARED, explanation.epsilonSquared())
                        .put(Term.UNIT, "nat")
                        .put(
                                Term.LAYERS,
                                explanation.layers().stream()
                                        .map(layer -> layer(layer, format))
                                        .toList());
        if (!explanation.classAttention().isEmpty()) {
            tree.put(
                    Term.CLASS_ATTENTION,
                    explanation.classAttention().stream()
                            .map(block -> classAttention(block, format))
                            .toList());
        }
        explanation.contribution().ifPresent(tree::contribution);
        Map<String, Object> root = tree.fields;
        root.put(Term.MEANING.word(), meanings(root));
        return root;
    }

    private void contribution(Explanation.Contribution contribution) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("index", contribution.index());
        named.put("label", contribution.label());
        put(Term.CONTRIBUTION_CLASS, named)
                .put(Term.CONTRIBUTION, contribution.maps())
                .put(Term.CONTRIBUTION_MAP, contribution.map())
                .put(Term.CONTRIBUTION_GROUPS, contribution.groups())
                .put(Term.CONTRIBUTION_BIAS, contribution.bias());
    }

    private static Map<String, Object> grid(Grid grid) {
        Map<String, Object> sides = new LinkedHashMap<>();
        sides.put("height", grid.height());
        sides.put("width", grid.width());
        return sides;
    }

    private static Map<String, Object> layer(Explanation.Layer layer, MapFormat format) {
        ExplanationTree tree = new ExplanationTree(format).put(Term.LAYER, layer.layer());
        layer.groups().ifPresent(tree::groups);
        return tree.put(Term.RATE, layer.rates().rate())
                .put(Term.COMPRESSION, layer.rates().compression())
                .put(Term.VARIATIONAL, layer.rates().variational())
                .put(Term.BOUND, layer.rates().bound())
                .fields;
    }

    private void groups(Explanation.Groups groups) {
        int all = groups.usage().length;
        put(Term.MEMBERSHIP, groups.membership())
                .put(Term.TOKEN_ENTROPY, groups.entropy())
                .put(Term.ENTROPY, groups.meanEntropy())
                .put(Term.USAGE, groups.usage())
                .put(
                        Term.AXES,
                        Arrays.stream(groups.selection()).map(ExplanationTree::kept).toList())
                .put(
                        Term.SPARSITY,
                        IntStream.range(0, all).mapToDouble(groups::sparsity).boxed().toList())
                .put(Term.CLASS_VIEW, groups.classView())
                .put(Term.CLASS_SHARE, groups.classShare());
    }

    private static List<Integer> kept(float[] selection) {
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < selection.length; i++) {
            if (selection[i] != 0) {
                axes.add(i);
            }
        }
        return axes;
    }

    private static Map<String, Object> classAttention(
            Explanation.ClassAttention attention, MapFormat format) {
        return new ExplanationTree(format)
                .put(Term.LAYER, attention.layer())
                .put(Term.MAP, attention.map())
                .put(Term.CLASS_TOKEN, attention.classToken())
                .fields;
    }

    private ExplanationTree put(Term term, @Nullable Object value) {
        if (value != null) {
            fields.put(term.word(), format == MapFormat.BASE64 ? encoded(value) : value);
        }
        return this;
    }

    private static Object encoded(Object value) {
        return switch (value) {
            case float[] map -> base64(map);
            case float[][] maps -> Arrays.stream(maps).map(ExplanationTree::base64).toList();
            default -> value;
        };
    }

    private static String base64(float[] map) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * map.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(map);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** Of the words that are used, in the order of the terms. */
    private static Map<String, String> meanings(Map<String, Object> root) {
        TreeSet<String> used = new TreeSet<>();
        collect(root, used);
        Map<String, String> meanings = new LinkedHashMap<>();
        for (Term term : Term.values()) {
            if (used.contains(term.word())) {
                meanings.put(term.word(), term.meaning());
            }
        }
        return meanings;
    }

    private static void collect(Object value, TreeSet<String> used) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, child) -> {
                used.add(key.toString());
                collect(child, used);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(child -> collect(child, used));
        }
    }
}
