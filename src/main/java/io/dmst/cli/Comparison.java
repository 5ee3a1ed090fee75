package io.dmst.cli;

import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.util.Locale;

/**
 * A tensor beside the one that was expected.
 *
 * @param name of both
 * @param shape that was expected, or what is wrong with the other one's
 * @param largest absolute value that was expected
 * @param error largest difference relative to {@code largest}; infinite where the two cannot be
 *     compared or a value is not finite
 */
record Comparison(String name, String shape, double largest, double error) {

    static final String HEADING =
            "%-22s %-16s %12s %12s".formatted("tensor", "shape", "largest", "rel. error");

    /** Compares the tensor of a name; that it was not computed is a difference, too. */
    static Comparison of(String name, TensorMap expected, TensorMap actual) {
        Tensor wanted = expected.get(name);
        double largest = 0;
        for (double value : wanted.toDoubles()) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (!actual.contains(name)) {
            return new Comparison(name, "not computed", largest, Double.POSITIVE_INFINITY);
        }
        Tensor found = actual.get(name);
        if (!found.shape().equals(wanted.shape())) {
            String shapes = wanted.shape() + " is " + found.shape();
            return new Comparison(name, shapes, largest, Double.POSITIVE_INFINITY);
        }
        return new Comparison(name, wanted.shape().toString(), largest, error(wanted, found));
    }

    private static double error(Tensor wanted, Tensor found) {
        double[] expected = wanted.toDoubles();
        double[] actual = found.toDoubles();
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double distance = Math.abs(actual[i] - expected[i]);
            if (!Double.isFinite(distance)) {
                return Double.POSITIVE_INFINITY;
            }
            difference = Math.max(difference, distance);
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }

    boolean within(double tolerance) {
        return error <= tolerance;
    }

    /** One line under {@link #HEADING}. */
    String line(double tolerance) {
        return String.format(
                Locale.ROOT,
                "%-22s %-16s %12.5g %12.2e  %s",
                name,
                shape,
                largest,
                error,
                within(tolerance) ? "ok" : "DIFFERS");
    }
}
