package io.dmst.lab.study;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A statement that the study judges, with the rule for it. Its sample has one value a seed (or a
 * round of a measurement of cost): a measure of an arm, minus or over that of another arm with the
 * same seed.
 *
 * @param name short, such as {@code A1}
 * @param says the statement
 * @param measure as {@link StudyMeasure} knows it
 * @param scope the part of the study, or the number of tokens where the measure is a cost
 * @param arm that the statement is about
 * @param against the arm that it is compared with; absent where the arm is judged by itself
 * @param more whether the statement holds for values over the bound, rather than under it
 * @param bound in the measure's unit, or a ratio
 * @param equivalence half width of the interval around 0 in which arms count as equal
 */
record Claim(
        String name,
        String says,
        String measure,
        String scope,
        String arm,
        @Nullable String against,
        boolean more,
        double bound,
        OptionalDouble equivalence) {

    /** Whether it is about what the arms cost, and the sample is of ratios. */
    boolean isCost() {
        return measure.startsWith(StudyMeasure.COST);
    }
}
