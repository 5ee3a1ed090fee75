package io.dmst.core.explain;

import io.dmst.core.checkpoint.HeadType;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.math.CodingRate;
import io.dmst.core.math.Matrix;
import io.dmst.core.math.Membership;
import io.dmst.core.math.TssaSpecification;
import io.dmst.core.model.Contributions;
import io.dmst.core.model.Network;
import io.dmst.core.model.Probe;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Explains a prediction from the trace of its own forward pass: no second pass, no second model.
 *
 * <p>R and R_c are of the tokens that a block leaves behind, each scaled to unit norm, R_c with the
 * membership of the same block. R_c^var is from the second moments and the selection that the
 * block's attention has computed, scaled to projected tokens of a mean squared norm of 1. The
 * memberships of DMSA and TSSA know of no class; softmax attention has none, and what depends on it
 * is absent from its explanation. Under the membership head the score of one class is split over
 * tokens and groups; other heads have class attention instead.
 *
 * <p>A pure function of the trace; immutable and thread-safe.
 */
public final class Explainer {

    private final ModelConfig model;
    private final @Nullable Contributions contributions;
    private final Wanted wanted;
    private final Set<String> recorded;
    private final Grid grid;

    /**
     * For a model with class attention.
     *
     * @param model shape of the network that predicts
     * @param wanted of this model, as {@link Wanted#of} checks it
     */
    public Explainer(ModelConfig model, Wanted wanted) {
        this(model, null, wanted);
    }

    /**
     * For any model.
     *
     * @param model shape of the network that predicts
     * @param contributions of its membership head; absent where it has class attention
     * @param wanted of this model, as {@link Wanted#of} checks it
     * @throws IllegalArgumentException if the contributions do not go with the head
     */
    public Explainer(ModelConfig model, @Nullable Contributions contributions, Wanted wanted) {
        if (contributions == null && model.head() == HeadType.MEMBERSHIP) {
            throw new IllegalArgumentException(
                    "a membership head is explained with its weights: give its contributions");
        }
        this.model = model;
        this.contributions = contributions;
        this.wanted = wanted;
        this.recorded = Set.copyOf(new Network(model).probes());
        this.grid = new Grid(model.gridHeight(), model.gridWidth());
    }

    /** Names of the probes that a prediction must be asked for, and no others. */
    public Set<String> probes() {
        Set<String> names = new HashSet<>();
        for (int layer : wanted.layers()) {
            if (wanted.exactRates()) {
                names.add(Probe.TOKENS.in(layer));
            }
            names.add(Probe.MEMBERSHIP.in(layer));
            names.add(Probe.SECOND_MOMENT.in(layer));
            names.add(Probe.SELECTION.in(layer));
        }
        for (int layer = 0; layer < model.clsAttnLayers(); layer++) {
            names.add(Probe.CLASS_ATTENTION.in(layer));
        }
        names.addAll(Contributions.probes(model));
        names.retainAll(recorded);
        return names;
    }

    /**
     * Explains one image.
     *
     * @param trace values of the {@link #probes} by name, without the batch, row-major
     * @param predicted the most probable class
     * @throws IllegalArgumentException if a probe is missing or of another size
     */
    public Explanation explain(Map<String, float[]> trace, int predicted) {
        int blocks = model.head() == HeadType.CLASS_ATTENTION ? model.clsAttnLayers() : 0;
        List<Explanation.ClassAttention> classAttention =
                IntStream.range(0, blocks).mapToObj(layer -> classAttention(trace, layer)).toList();
        float[] seen = blocks == 0 ? null : classAttention.getLast().map();
        return new Explanation(
                grid,
                model.numHeads(),
                wanted.groups(),
                wanted.epsilonSquared(),
                wanted.layers().stream().map(layer -> layer(trace, layer, seen)).toList(),
                classAttention,
                contribution(trace, predicted));
    }

    private Explanation.@Nullable Contribution contribution(
            Map<String, float[]> trace, int predicted) {
        if (contributions == null) {
            return null;
        }
        Integer asked = wanted.classIndex();
        Contributions.OfClass split = contributions.to(asked == null ? predicted : asked, trace);
        Matrix parts = split.parts();
        float[] map = new float[parts.rows()];
        for (int j = 0; j < map.length; j++) {
            double sum = 0;
            for (int k = 0; k < parts.cols(); k++) {
                sum += parts.at(j, k);
            }
            map[j] = (float) sum;
        }
        return new Explanation.Contribution(
                split.index(),
                split.label(),
                shown(parts),
                map,
                parts.columnSums().toArray(),
                split.bias());
    }

    private Explanation.Layer layer(
            Map<String, float[]> trace, int layer, float @Nullable [] seen) {
        int n = grid.tokens();
        int d = model.embedDim();
        int groups = model.numHeads();
        double eps2 = wanted.epsilonSquared();
        ExactRates exact =
                wanted.exactRates()
                        ? new ExactRates(probe(trace, Probe.TOKENS, layer, n * d), d, groups, eps2)
                        : null;
        Double rate = exact == null ? null : exact.rate();
        double bound = CodingRate.bound(d, eps2);
        if (!recorded.contains(Probe.MEMBERSHIP.in(layer))) {
            return new Explanation.Layer(
                    layer, new Explanation.Rates(rate, null, null, bound), null);
        }
        float[] memberships = probe(trace, Probe.MEMBERSHIP, layer, n * groups);
        Membership Pi = Membership.of(memberships, groups);
        Matrix s = moments(trace, layer);
        Matrix m2 = selection(trace, layer);
        return new Explanation.Layer(
                layer,
                new Explanation.Rates(
                        rate,
                        exact == null ? null : exact.compression(memberships, groups),
                        CodingRate.variationalOfUnitTokens(s, Pi, m2, eps2),
                        bound),
                groups(Pi, s, m2, seen));
    }

    private Matrix moments(Map<String, float[]> trace, int layer) {
        int size =
                recorded.contains(Probe.SELECTION.in(layer))
                        ? model.numHeads() * model.embedDim()
                        : model.embedDim();
        return TssaSpecification.amongAllAxes(
                probe(trace, Probe.SECOND_MOMENT, layer, size), model.numHeads(), model.embedDim());
    }

    private Matrix selection(Map<String, float[]> trace, int layer) {
        int groups = model.numHeads();
        int d = model.embedDim();
        if (!recorded.contains(Probe.SELECTION.in(layer))) {
            return TssaSpecification.onOwnBlocks(Matrix.filled(groups, d / groups, 1));
        }
        float[] m2 = probe(trace, Probe.SELECTION, layer, groups * d);
        return Matrix.generate(groups, d, (k, i) -> m2[k * d + i]);
    }

    private Explanation.Groups groups(Membership Pi, Matrix s, Matrix m2, float @Nullable [] seen) {
        Matrix view =
                seen == null
                        ? null
                        : Matrix.generate(
                                Pi.tokens(), Pi.groups(), (j, k) -> Pi.Pi().at(j, k) * seen[j]);
        double[] entropy = Pi.entropy();
        float[] perToken = new float[entropy.length];
        for (int j = 0; j < entropy.length; j++) {
            perToken[j] = (float) entropy[j];
        }
        return new Explanation.Groups(
                shown(Pi.Pi()),
                perToken,
                Pi.meanEntropy(),
                Pi.usage(),
                rows(m2),
                rows(s),
                view == null ? null : shown(view),
                view == null ? null : shares(view),
                strongest(Pi));
    }

    private static double[] shares(Matrix view) {
        double[] perGroup = view.columnSums().toArray();
        double all = Math.max(Arrays.stream(perGroup).sum(), Double.MIN_NORMAL);
        return Arrays.stream(perGroup).map(sum -> sum / all).toArray();
    }

    /** The columns of the groups that are wanted, as rows. */
    private float[][] shown(Matrix perToken) {
        float[][] all = rows(perToken.transpose());
        return wanted.groups().stream().map(group -> all[group]).toArray(float[][]::new);
    }

    private static float[][] rows(Matrix matrix) {
        float[][] rows = new float[matrix.rows()][matrix.cols()];
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.cols(); j++) {
                rows[i][j] = (float) matrix.at(i, j);
            }
        }
        return rows;
    }

    private static int[] strongest(Membership Pi) {
        int[] strongest = new int[Pi.tokens()];
        for (int j = 0; j < strongest.length; j++) {
            for (int k = 1; k < Pi.groups(); k++) {
                if (Pi.Pi().at(j, k) > Pi.Pi().at(j, strongest[j])) {
                    strongest[j] = k;
                }
            }
        }
        return strongest;
    }

    private Explanation.ClassAttention classAttention(Map<String, float[]> trace, int layer) {
        int n = grid.tokens();
        int heads = model.numHeads();
        float[] weights = probe(trace, Probe.CLASS_ATTENTION, layer, heads * (1 + n));
        double[] mean = new double[1 + n];
        for (int i = 0; i < weights.length; i++) {
            mean[i % (1 + n)] += (double) weights[i] / heads;
        }
        float[] map = new float[n];
        for (int j = 0; j < n; j++) {
            map[j] = (float) mean[1 + j];
        }
        return new Explanation.ClassAttention(layer, map, mean[0]);
    }

    private static float[] probe(Map<String, float[]> trace, Probe probe, int layer, int size) {
        float[] values = trace.get(probe.in(layer));
        if (values == null || values.length != size) {
            throw new IllegalArgumentException(
                    "expected %d values of %s in the trace, got %s"
                            .formatted(
                                    size,
                                    probe.in(layer),
                                    values == null ? "none" : values.length));
        }
        return values;
    }
}
