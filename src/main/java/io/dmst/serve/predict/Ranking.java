package io.dmst.serve.predict;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The most probable classes of a prediction. */
public final class Ranking {

    /** How many are answered by default. */
    public static final int DEFAULT = 5;

    private Ranking() {}

    /**
     * Checks the number of classes that a client wants.
     *
     * @throws FailureException of {@link FailureCode#INVALID_ARGUMENT}
     */
    public static int checked(int topK) {
        if (topK < 1) {
            throw new FailureException(
                    FailureCode.INVALID_ARGUMENT, "top_k must be at least 1, not " + topK);
        }
        return topK;
    }

    /**
     * Indices of the largest values, the largest first; of equal ones the lower index.
     *
     * @param topK the most
     */
    public static List<Integer> of(float[] values, int topK) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> values[i]).reversed())
                .limit(topK)
                .toList();
    }
}
