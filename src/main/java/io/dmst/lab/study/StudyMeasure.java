package io.dmst.lab.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Names of what a study measures, and their values in the lines of its results. All of the test
 * images; accuracies and what they lose in percentage points.
 *
 * <pre>
 * accuracy, balanced_accuracy                        share of right answers; mean over the classes
 * loss.attention_off | .shuffled | .other_picture    accuracy minus that under the intervention
 * speed.rate | .compression | .variational           nats by which R, R_c, R_c^var fall from block
 *                                                    to block: minus the least-squares slope
 * null.…                                             the same speed minus that of the untrained network
 * cost.bytes | cost.time                             kept for the backward pass; forward pass
 * </pre>
 */
final class StudyMeasure {

    static final String COST = "cost.";

    private static final List<String> FUNCTIONALS = List.of("rate", "compression", "variational");

    private static final List<String> INTERVENTIONS =
            List.of("attention_off", "shuffled", "other_picture");

    private StudyMeasure() {}

    /** All of them. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(List.of("accuracy", "balanced_accuracy"));
        INTERVENTIONS.forEach(each -> names.add("loss." + each));
        FUNCTIONALS.forEach(each -> {
            names.add("speed." + each);
            names.add("null." + each);
        });
        names.add(COST + "bytes");
        names.add(COST + "time");
        return names;
    }

    /** In a run's line ({@code kind} run or search). */
    static OptionalDouble ofRun(JsonNode line, String measure) {
        JsonNode result = line.path("result");
        if (measure.startsWith("loss.")) {
            JsonNode off = result.path("memberships").path(measure.substring(5));
            JsonNode own = result.path("test").path("accuracy");
            return off.isNumber() && own.isNumber()
                    ? OptionalDouble.of(100 * (own.asDouble() - off.asDouble()))
                    : OptionalDouble.empty();
        }
        JsonNode share = result.path("test").path(measure);
        return share.isNumber()
                ? OptionalDouble.of(100 * share.asDouble())
                : OptionalDouble.empty();
    }

    /** In a line of coding rates ({@code kind} rates). */
    static OptionalDouble ofRates(JsonNode line, String measure) {
        String functional = measure.substring(measure.indexOf('.') + 1);
        Optional<Double> trained = speed(line.path("trained").path(functional));
        if (measure.startsWith("speed.")) {
            return trained.map(OptionalDouble::of).orElse(OptionalDouble.empty());
        }
        Optional<Double> untrained = speed(line.path("untrained").path(functional));
        return trained.isPresent() && untrained.isPresent()
                ? OptionalDouble.of(trained.get() - untrained.get())
                : OptionalDouble.empty();
    }

    /** Values over the blocks. */
    static List<Double> numbers(JsonNode array) {
        List<Double> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asDouble()));
        return values;
    }

    /** Minus the least-squares slope over the blocks; of two blocks at least. */
    private static Optional<Double> speed(JsonNode perBlock) {
        List<Double> values = numbers(perBlock);
        if (values.size() < 2) {
            return Optional.empty();
        }
        double middle = (values.size() - 1) / 2.0;
        double covariance = 0;
        double variance = 0;
        for (int block = 0; block < values.size(); block++) {
            covariance += (block - middle) * values.get(block);
            variance += (block - middle) * (block - middle);
        }
        return Optional.of(-covariance / variance);
    }
}
