package io.dmst.pipeline;

import io.dmst.inference.FailureCode;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The most probable classes of a prediction. */
public final class Ranking {

    /** How many are answered where nobody says. */
    public static final int DEFAULT = 5;

    private Ranking() {}

    /** How many classes a caller wants, where there can be as many. */
    public static Checked<Integer> checked(int topK) {
        return topK >= 1
                ? Checked.accepted(topK)
                : Checked.refused(
                        FailureCode.INVALID_ARGUMENT, "top_k must be at least 1, not " + topK);
    }

    /**
     * Indices of the largest values, the largest first; of equal ones the lower index.
     *
     * @param topK at most so many
     */
    public static List<Integer> of(float[] values, int topK) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> values[i]).reversed())
                .limit(topK)
                .toList();
    }
}
