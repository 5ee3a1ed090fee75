package io.dmst.lab.study;

import io.dmst.lab.study.PlannedRun.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the lines of a study's results say. Kinds of lines: {@code cost}, {@code search}, {@code
 * run}, {@code rates} (after a run), {@code failure}. Immutable.
 *
 * @param plan of the study
 * @param lines of its results
 */
record StudyResults(StudyPlan plan, List<JsonNode> lines) {

    /** Failures of one run after which it is not tried again. */
    static final int MOST_FAILURES = 3;

    static final String RATES = "rates";
    static final String FAILURE = "failure";

    StudyResults {
        lines = List.copyOf(lines);
    }

    /** The line of a kind and of a run. */
    Optional<JsonNode> line(String kind, String id) {
        return lines.stream()
                .filter(line -> line.path("kind").asString("").equals(kind))
                .filter(line -> line.path("id").asString("").equals(id))
                .findFirst();
    }

    List<JsonNode> lines(String kind) {
        return lines.stream().filter(line -> line.path("kind").asString("").equals(kind)).toList();
    }

    boolean isDone(PlannedRun run) {
        return line(run.kind().word(), run.id()).isPresent()
                && (run.kind() != Kind.RUN || line(RATES, run.id()).isPresent());
    }

    /** Whether it has failed so often that it is not tried again. */
    boolean isGivenUp(PlannedRun run) {
        return failures(run) >= MOST_FAILURES;
    }

    long failures(PlannedRun run) {
        return lines(FAILURE).stream()
                .filter(line -> line.path("id").asString("").equals(run.id()))
                .count();
    }

    /**
     * The learning rate of an arm; nothing as long as a rate of the search is still to be tried.
     *
     * @param search name of it
     */
    Optional<String> rate(String search, String arm) {
        @Nullable String best = null;
        double most = Double.NEGATIVE_INFINITY;
        for (PlannedRun run : PlannedRun.of(plan)) {
            if (run.kind() != Kind.SEARCH
                    || !run.group().equals(search)
                    || !run.arm().equals(arm)) {
                continue;
            }
            Optional<JsonNode> line = line(run.kind().word(), run.id());
            if (line.isEmpty() && !isGivenUp(run)) {
                return Optional.empty();
            }
            double accuracy = line.map(StudyResults::validation).orElse(Double.NEGATIVE_INFINITY);
            if (accuracy > most) {
                most = accuracy;
                best = run.rate();
            }
        }
        return Optional.ofNullable(best);
    }

    /** Accuracy on the validation images, a share. */
    static double validation(JsonNode line) {
        return line.path("result").path("validation").path("accuracy").asDouble(Double.NaN);
    }

    /** A measure of one run of a part. */
    OptionalDouble value(String part, String arm, long seed, String measure) {
        String id = "%s-%s-%d".formatted(part, arm, seed);
        boolean ofRates = measure.startsWith("speed.") || measure.startsWith("null.");
        Optional<JsonNode> line = line(ofRates ? RATES : Kind.RUN.word(), id);
        if (line.isEmpty()) {
            return OptionalDouble.empty();
        }
        return ofRates
                ? StudyMeasure.ofRates(line.get(), measure)
                : StudyMeasure.ofRun(line.get(), measure);
    }

    /** A measure of an arm with every seed that has it. */
    double[] values(StudyPart part, String arm, String measure) {
        return part.seeds().stream()
                .map(seed -> value(part.name(), arm, seed, measure))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
    }

    /** Differences of two arms with every seed that both have. */
    double[] differences(StudyPart part, String arm, String against, String measure) {
        List<Double> differences = new ArrayList<>();
        for (long seed : part.seeds()) {
            OptionalDouble one = value(part.name(), arm, seed, measure);
            OptionalDouble other = value(part.name(), against, seed, measure);
            if (one.isPresent() && other.isPresent()) {
                differences.add(one.getAsDouble() - other.getAsDouble());
            }
        }
        return differences.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Whether nothing more will come of a part. */
    boolean isSettled(StudyPart part) {
        return PlannedRun.of(plan).stream()
                .filter(run -> run.kind() == Kind.RUN && run.group().equals(part.name()))
                .allMatch(run -> isDone(run) || isGivenUp(run));
    }

    /**
     * What an arm costs at a number of tokens; absent before it was measured.
     *
     * @param what {@link CostMeasure#TIME} or {@link CostMeasure#MEMORY}
     */
    Optional<JsonNode> cost(String what, String arm, int tokens) {
        return lines(Kind.COST.word()).stream()
                .flatMap(line -> line.path(what).valueStream())
                .filter(network -> network.path("arm").asString("").equals(arm))
                .filter(network -> network.path("tokens").asInt(-1) == tokens)
                .findFirst();
    }
}
