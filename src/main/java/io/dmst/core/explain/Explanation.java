package io.dmst.core.explain;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one forward pass says about itself. {@link Term} has the meaning of every number.
 *
 * <p>The arrays are held, not copied: an explanation is as immutable as those who share it agree to
 * be.
 *
 * @param grid of the tokens
 * @param groups K of the model
 * @param shownGroups the groups that maps are of, ascending
 * @param epsilonSquared of every rate
 * @param layers that were asked for, ascending
 * @param classAttention of every class-attention block; none under the membership head
 * @param classScore the split of one class's score; absent where the head is not the membership
 *     head
 */
public record Explanation(
        Grid grid,
        int groups,
        List<Integer> shownGroups,
        double epsilonSquared,
        List<Layer> layers,
        List<ClassAttention> classAttention,
        @Nullable Contribution classScore) {

    public Explanation {
        shownGroups = List.copyOf(shownGroups);
        layers = List.copyOf(layers);
        classAttention = List.copyOf(classAttention);
    }

    /**
     * One block.
     *
     * @param layer its number, from 0
     * @param rates of its tokens
     * @param memberships of its tokens; absent under softmax attention, which has none
     */
    public record Layer(int layer, Rates rates, @Nullable Groups memberships) {

        /** What its groups do; empty under softmax attention, which has none. */
        public Optional<Groups> groups() {
            return Optional.ofNullable(memberships);
        }
    }

    /**
     * Coding rates of one block, in nats.
     *
     * @param rate R of its unit tokens; absent if not wanted
     * @param compression R_c of its unit tokens; absent without a membership and if not wanted
     * @param variational R_c^var of its projected tokens; absent without a membership
     * @param bound of R
     */
    public record Rates(
            @Nullable Double rate,
            @Nullable Double compression,
            @Nullable Double variational,
            double bound) {}

    /**
     * What the groups of one block do.
     *
     * @param membership Π, {@code [shown groups][N]}
     * @param entropy {@code [N]}, nats
     * @param meanEntropy nats
     * @param usage {@code [K]}
     * @param selection m², {@code [K][d]}; 0 where an axis is dropped
     * @param secondMoments s, {@code [K][d]}; 0 where the operator measures none
     * @param classView membership × class attention, {@code [shown groups][N]}; absent without
     *     class attention
     * @param classShare {@code [K]}; absent without class attention
     * @param strongest the group of the largest membership, {@code [N]}, of all K
     */
    @SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
    public record Groups(
            float[][] membership,
            float[] entropy,
            double meanEntropy,
            double[] usage,
            float[][] selection,
            float[][] secondMoments,
            float @Nullable [][] classView,
            double @Nullable [] classShare,
            int[] strongest) {

        /** Share of the axes that a group drops exactly, in [0, 1]. */
        public double sparsity(int group) {
            float[] kept = selection[group];
            int dropped = 0;
            for (float square : kept) {
                dropped += square == 0 ? 1 : 0;
            }
            return (double) dropped / kept.length;
        }
    }

    /**
     * What the class token looks at, mean over heads.
     *
     * @param layer number of the class-attention block, from 0
     * @param map {@code [N]}
     * @param classToken what it keeps for itself; 1 with the map's sum
     */
    @SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
    public record ClassAttention(int layer, float[] map, double classToken) {}

    /**
     * What the logit of one class is made of, by {@link io.dmst.core.math.MembershipPooling}.
     *
     * @param index of the class
     * @param label of the class
     * @param maps (K/N) D (w · LN(x)), {@code [shown groups][N]}
     * @param map sum over all K groups, {@code [N]}
     * @param groups sum over the tokens, {@code [K]}
     * @param bias of the class; with the sum over {@code map} it is the logit
     */
    @SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
    public record Contribution(
            int index, String label, float[][] maps, float[] map, double[] groups, double bias) {

        /** The logit: all contributions and the bias. */
        public double logit() {
            return Arrays.stream(groups).sum() + bias;
        }
    }

    /** The split of one class's score; empty where the head is not the membership head. */
    public Optional<Contribution> contribution() {
        return Optional.ofNullable(classScore);
    }

    /** How the maps and token-wise numbers stand in a tree. */
    public enum MapFormat {
        /** As lists of numbers. */
        NUMBERS,
        /** As Base64 of 32-bit floats, little-endian; a list of texts where there are several. */
        BASE64
    }

    /** This explanation as a tree of maps, lists, numbers and texts, named by {@link Term}. */
    public Map<String, Object> tree() {
        return tree(MapFormat.NUMBERS);
    }

    /** As {@link #tree()}, the maps in another format. */
    public Map<String, Object> tree(MapFormat maps) {
        return ExplanationTree.of(this, maps);
    }

    public Layer layer(int number) {
        return layers.stream()
                .filter(layer -> layer.layer() == number)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("layer %d is not in it".formatted(number)));
    }

    /** Where a group's maps stand. */
    public int place(int group) {
        int place = shownGroups.indexOf(group);
        if (place < 0) {
            throw new IllegalArgumentException("group %d is not in it".formatted(group));
        }
        return place;
    }
}
