package io.dmst.core.image;

import java.util.Arrays;

/**
 * Weighted sums of lines of samples, one sum for each output of a resampling. Lines are added in
 * order, each to every output whose window contains it. Not thread-safe.
 *
 * <p>The inner loop runs along lines, over arrays of {@code int} at one and the same index, since
 * that is what the JIT compiler turns into vector instructions: not where an array of the same type
 * has another offset, which could be the same memory, and not where bytes are widened. Integer sums
 * are the same in any order.
 */
final class WeightedSums {

    private final Weights weights;
    private final int[][] sums;
    private final int length;
    private int open;

    /**
     * @param length of a line
     */
    WeightedSums(Weights weights, int length) {
        this.weights = weights;
        this.length = length;
        this.sums = new int[weights.outputs()][length];
        clear();
    }

    /** Begins anew, with lines from the first position on. */
    void clear() {
        open = 0;
        for (int[] sum : sums) {
            Arrays.fill(sum, 0, length, Weights.HALF);
        }
    }

    /**
     * Adds two lines, which halves the reading and writing of the sums.
     *
     * @param position of the first of them; not less than that of the call before
     * @param line at that position
     * @param next at the one after it; anything where no output needs that one
     * @param length of both that is added
     */
    void add(int position, int[] line, int[] next, int length) {
        while (open < sums.length && weights.end(open) <= position) {
            open++;
        }
        for (int out = open; out < sums.length && weights.from(out) <= position + 1; out++) {
            int weight = weights.at(out, position);
            int nextWeight = weights.at(out, position + 1);
            add(sums[out], line, weight, next, nextWeight, length);
        }
    }

    private static void add(
            int[] sum, int[] line, int weight, int[] next, int nextWeight, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += line[i] * weight + next[i] * nextWeight;
        }
    }

    /** A sample of an output's line, 0 to 255. */
    int sample(int out, int i) {
        return Weights.sample(sums[out][i]);
    }
}
