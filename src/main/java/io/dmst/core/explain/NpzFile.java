package io.dmst.core.explain;

import io.dmst.core.model.Probe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An explanation as a file that {@code numpy.load} opens. With L layers, K' shown of K groups, C
 * class-attention blocks and a grid of h×w:
 *
 * <pre>
 * layers (L), shown_groups (K'), epsilon_squared ()      what it is of
 * membership, class_view (L, K', h, w)                   float32
 * token_entropy (L, h, w), entropy (L)
 * usage, sparsity, class_share (L, K)                    float64, as all rates
 * selection, second_moment (L, K, d)
 * tokens_rate (L), R_c, R_c_variational (L), bound ()    tokens_rate is R
 * class_attention (C, h, w), class_token (C)             with class attention
 * contribution (K', h, w), contribution_map (h, w)       with the membership head
 * contribution_groups (K), contribution_bias (), contribution_class ()
 * logits, probabilities (classes)
 * </pre>
 *
 * <p>A model without memberships has none of the arrays that need one, and R and R_c are there only
 * where they were wanted; the contributions and their bias sum to the logit of {@code
 * contribution_class}, a number. The same explanation gives the same bytes.
 */
public final class NpzFile {

    /** The earliest that the format knows; a file's bytes must not depend on the clock. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private NpzFile() {}

    /**
     * The file.
     *
     * @param logits of the prediction that is explained, {@code [classes]}
     * @param probabilities of the same
     */
    public static byte[] of(Explanation explanation, float[] logits, float[] probabilities) {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        subject(explanation, arrays);
        List<Explanation.Groups> groups = new ArrayList<>();
        explanation.layers().forEach(layer -> layer.groups().ifPresent(groups::add));
        if (!groups.isEmpty()) {
            groups(explanation, groups, arrays);
        }
        rates(explanation, arrays);
        if (!explanation.classAttention().isEmpty()) {
            classAttention(explanation, arrays);
        }
        explanation.contribution().ifPresent(split -> contribution(explanation, split, arrays));
        arrays.put("logits", NpyArray.of(logits, logits.length));
        arrays.put("probabilities", NpyArray.of(probabilities, probabilities.length));
        return zip(arrays);
    }

    private static void subject(Explanation explanation, Map<String, NpyArray> arrays) {
        int[] layers = explanation.layers().stream().mapToInt(Explanation.Layer::layer).toArray();
        int[] shown = explanation.shownGroups().stream().mapToInt(Integer::intValue).toArray();
        arrays.put(Term.LAYERS.word(), NpyArray.of(layers, layers.length));
        arrays.put(Term.SHOWN_GROUPS.word(), NpyArray.of(shown, shown.length));
        arrays.put(
                Term.EPSILON_SQUARED.word(),
                NpyArray.of(new double[] {explanation.epsilonSquared()}));
    }

    private static void groups(
            Explanation explanation, List<Explanation.Groups> layers, Map<String, NpyArray> out) {
        Grid grid = explanation.grid();
        int count = layers.size();
        int all = explanation.groups();
        int shown = explanation.shownGroups().size();
        int axes = layers.getFirst().selection()[0].length;
        int[] maps = {count, shown, grid.height(), grid.width()};
        out.put(Term.MEMBERSHIP.word(), floats(layers, Explanation.Groups::membership, maps));
        views(layers, out, maps);
        out.put(
                Term.TOKEN_ENTROPY.word(),
                floats(
                        layers,
                        layer -> new float[][] {layer.entropy()},
                        count,
                        grid.height(),
                        grid.width()));
        out.put(
                Term.ENTROPY.word(),
                NpyArray.of(
                        layers.stream().mapToDouble(Explanation.Groups::meanEntropy).toArray(),
                        count));
        out.put(Term.USAGE.word(), doubles(layers, Explanation.Groups::usage, all));
        out.put(Term.SPARSITY.word(), doubles(layers, NpzFile::sparsity, all));
        out.put(
                Probe.SELECTION.word(),
                floats(layers, Explanation.Groups::selection, count, all, axes));
        out.put(
                Probe.SECOND_MOMENT.word(),
                floats(layers, Explanation.Groups::secondMoments, count, all, axes));
    }

    /** What the class token sees, where there is one. */
    private static void views(
            List<Explanation.Groups> layers, Map<String, NpyArray> out, int... maps) {
        List<float[][]> views = new ArrayList<>();
        List<double[]> shares = new ArrayList<>();
        for (Explanation.Groups layer : layers) {
            if (layer.classView() != null && layer.classShare() != null) {
                views.add(layer.classView());
                shares.add(layer.classShare());
            }
        }
        if (!views.isEmpty()) {
            out.put(Term.CLASS_VIEW.word(), floats(views, view -> view, maps));
            out.put(
                    Term.CLASS_SHARE.word(),
                    doubles(shares, share -> share, shares.getFirst().length));
        }
    }

    private static void contribution(
            Explanation explanation, Explanation.Contribution split, Map<String, NpyArray> arrays) {
        Grid grid = explanation.grid();
        arrays.put(
                Term.CONTRIBUTION.word(),
                floats(
                        Collections.singletonList(split.maps()),
                        maps -> maps,
                        split.maps().length,
                        grid.height(),
                        grid.width()));
        arrays.put(
                Term.CONTRIBUTION_MAP.word(),
                NpyArray.of(split.map(), grid.height(), grid.width()));
        arrays.put(
                Term.CONTRIBUTION_GROUPS.word(),
                NpyArray.of(split.groups(), split.groups().length));
        arrays.put(Term.CONTRIBUTION_BIAS.word(), NpyArray.of(new double[] {split.bias()}));
        arrays.put(Term.CONTRIBUTION_CLASS.word(), NpyArray.of(new int[] {split.index()}));
    }

    private static double[] sparsity(Explanation.Groups groups) {
        double[] sparsity = new double[groups.usage().length];
        for (int k = 0; k < sparsity.length; k++) {
            sparsity[k] = groups.sparsity(k);
        }
        return sparsity;
    }

    private static void rates(Explanation explanation, Map<String, NpyArray> arrays) {
        List<Explanation.Rates> rates =
                explanation.layers().stream().map(Explanation.Layer::rates).toList();
        column("tokens_rate", rates, Explanation.Rates::rate, arrays);
        column(Term.COMPRESSION.word(), rates, Explanation.Rates::compression, arrays);
        column(Term.VARIATIONAL.word(), rates, Explanation.Rates::variational, arrays);
        arrays.put(Term.BOUND.word(), NpyArray.of(new double[] {rates.getFirst().bound()}));
    }

    /** A rate of every layer, where the layers have it. */
    private static void column(
            String name,
            List<Explanation.Rates> layers,
            Function<Explanation.Rates, @Nullable Double> rate,
            Map<String, NpyArray> arrays) {
        List<Double> values = new ArrayList<>();
        for (Explanation.Rates layer : layers) {
            Double value = rate.apply(layer);
            if (value != null) {
                values.add(value);
            }
        }
        if (!values.isEmpty()) {
            arrays.put(name, column(values));
        }
    }

    private static void classAttention(Explanation explanation, Map<String, NpyArray> arrays) {
        Grid grid = explanation.grid();
        List<Explanation.ClassAttention> blocks = explanation.classAttention();
        arrays.put(
                Term.CLASS_ATTENTION.word(),
                floats(
                        blocks,
                        block -> new float[][] {block.map()},
                        blocks.size(),
                        grid.height(),
                        grid.width()));
        arrays.put(
                Term.CLASS_TOKEN.word(),
                column(blocks.stream().map(Explanation.ClassAttention::classToken).toList()));
    }

    private static NpyArray column(List<Double> values) {
        return NpyArray.of(
                values.stream().mapToDouble(Double::doubleValue).toArray(), values.size());
    }

    private static <T> NpyArray doubles(List<T> layers, Function<T, double[]> values, int columns) {
        return NpyArray.of(
                layers.stream().map(values).flatMapToDouble(Arrays::stream).toArray(),
                layers.size(),
                columns);
    }

    private static <T> NpyArray floats(
            List<T> layers, Function<T, float[][]> values, int... shape) {
        int size = 1;
        for (int side : shape) {
            size *= side;
        }
        float[] all = new float[size];
        int at = 0;
        for (T layer : layers) {
            for (float[] row : values.apply(layer)) {
                System.arraycopy(row, 0, all, at, row.length);
                at += row.length;
            }
        }
        return NpyArray.of(all, shape);
    }

    private static byte[] zip(Map<String, NpyArray> arrays) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
                ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
                entry.setTimeLocal(NO_TIME);
                zip.putNextEntry(entry);
                zip.write(array.getValue().bytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an archive could not be written to memory", e);
        }
        return bytes.toByteArray();
    }
}
