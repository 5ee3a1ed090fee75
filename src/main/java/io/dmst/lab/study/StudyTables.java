package io.dmst.lab.study;

import io.dmst.lab.study.PlannedRun.Kind;
import io.dmst.lab.study.StudyText.Table;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * The tables of a study as Markdown, by name: {@code claims}, {@code accuracy}, {@code
 * differences}, {@code interventions}, {@code speeds}, {@code cost}, {@code searches}. A cell
 * without a value has a dash.
 *
 * @param results that they show
 */
record StudyTables(StudyResults results) {

    private static final String NOTHING = "–";

    /** Points within which two accuracies count as equal. */
    private static final double MARGIN = 0.5;

    Map<String, String> all() {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("claims", claims());
        tables.put("accuracy", accuracy());
        tables.put("differences", differences());
        tables.put("interventions", interventions());
        tables.put("speeds", speeds());
        tables.put("cost", cost());
        tables.put("searches", searches());
        return tables;
    }

    private StudyPlan plan() {
        return results.plan();
    }

    private String claims() {
        Table table =
                new Table(
                        "| | claim | estimate | 95 % interval | t | sign flips | equivalence | sample | answer |",
                        "|---|---|---:|---|---:|---:|---:|---|---|");
        for (Claim claim : plan().claims()) {
            Finding finding = Finding.of(claim, results);
            Optional<PairedTest> test = finding.test();
            OptionalDouble margin = claim.equivalence();
            table.add(
                    "| %s | %s | %s | %s | %s | %s | %s | %s | **%s** |",
                    claim.name(),
                    claim.says(),
                    cell(test.map(PairedTest::mean).or(finding::single), "%.3f"),
                    test.map(StudyTables::interval).orElse(NOTHING),
                    cell(test.map(PairedTest::t), "%.4f"),
                    cell(test.filter(t -> !claim.isCost()).map(PairedTest::flips), "%.4f"),
                    margin.isEmpty()
                            ? NOTHING
                            : cell(test.map(t -> t.equivalence(margin.getAsDouble())), "%.4f"),
                    finding.note(),
                    finding.judgement().words());
        }
        return table.text();
    }

    private String accuracy() {
        Table table =
                new Table(
                        "| part | arm | learning rate | seeds | accuracy | standard deviation | mean over classes |",
                        "|---|---|---:|---:|---:|---:|---:|");
        for (StudyPart part : plan().parts()) {
            for (String arm : plan().arms().keySet()) {
                double[] values = results.values(part, arm, "accuracy");
                table.add(
                        "| %s | %s | %s | %d of %d | %s | %s | %s |",
                        part.name(),
                        arm,
                        results.rate(part.rates(), arm).orElse(NOTHING),
                        values.length,
                        part.seeds().size(),
                        mean(values, "%.2f"),
                        values.length < 2
                                ? NOTHING
                                : format("%.2f", PairedTest.of(values, 0).deviation()),
                        mean(results.values(part, arm, "balanced_accuracy"), "%.2f"));
            }
        }
        return table.text();
    }

    private String differences() {
        Table table =
                new Table(
                        "| part | accuracy of | minus | pairs | points | 95 % interval | t | sign flips | equal within ±0.5 |",
                        "|---|---|---|---:|---:|---|---:|---:|---:|");
        List<String> arms = List.copyOf(plan().arms().keySet());
        for (StudyPart part : plan().parts()) {
            for (int i = 0; i < arms.size(); i++) {
                for (int j = 0; j < i; j++) {
                    difference(table, part, arms.get(i), arms.get(j));
                }
            }
        }
        return table.text();
    }

    private void difference(Table table, StudyPart part, String arm, String against) {
        double[] sample = results.differences(part, arm, against, "accuracy");
        Optional<PairedTest> test =
                sample.length < 2 ? Optional.empty() : Optional.of(PairedTest.of(sample, 0));
        table.add(
                "| %s | %s | %s | %d | %s | %s | %s | %s | %s |",
                part.name(),
                arm,
                against,
                sample.length,
                cell(test.map(PairedTest::mean), "%+.2f"),
                test.map(StudyTables::interval).orElse(NOTHING),
                cell(test.map(PairedTest::t), "%.4f"),
                cell(test.map(PairedTest::flips), "%.4f"),
                cell(test.map(t -> t.equivalence(MARGIN)), "%.4f"));
    }

    private String interventions() {
        Table table =
                new Table(
                        "| part | arm | accuracy | lost without attention | lost with shuffled memberships | lost with another picture's |",
                        "|---|---|---:|---:|---:|---:|");
        for (StudyPart part : plan().parts()) {
            for (String arm : plan().arms().keySet()) {
                table.add(
                        "| %s | %s | %s | %s | %s | %s |",
                        part.name(),
                        arm,
                        mean(results.values(part, arm, "accuracy"), "%.2f"),
                        withInterval(results.values(part, arm, "loss.attention_off")),
                        withInterval(results.values(part, arm, "loss.shuffled")),
                        withInterval(results.values(part, arm, "loss.other_picture")));
            }
        }
        return table.text();
    }

    private String speeds() {
        Table table =
                new Table(
                        "| part | arm | R | R over null | R_c | R_c over null | R_c^var | R_c^var over null |",
                        "|---|---|---:|---:|---:|---:|---:|---:|");
        for (StudyPart part : plan().parts()) {
            for (String arm : plan().arms().keySet()) {
                String[] cells =
                        IntStream.range(0, 6)
                                .mapToObj(i ->
                                        (i % 2 == 0 ? "speed." : "null.")
                                                + List.of("rate", "compression", "variational")
                                                        .get(i / 2))
                                .map(measure -> mean(results.values(part, arm, measure), "%.3f"))
                                .toArray(String[]::new);
                table.add("| %s | %s | %s |", part.name(), arm, String.join(" | ", cells));
            }
        }
        return table.text();
    }

    private String cost() {
        Table table =
                new Table(
                        "| tokens | arm | kept, bytes a token | of the first arm's | counted in one attention | forward pass, µs a token | of the first arm's |",
                        "|---:|---|---:|---:|---:|---:|---:|");
        List<Integer> tokens = plan().cost().map(CostPlan::tokens).orElse(List.of());
        String first = plan().arms().firstEntry().getKey();
        for (int count : tokens) {
            for (String arm : plan().arms().keySet()) {
                Optional<Double> kept = kept(arm, count, "kept");
                Optional<Double> time = time(arm, count);
                table.add(
                        "| %d | %s | %s | %s | %s | %s | %s |",
                        count,
                        arm,
                        cell(kept, "%.0f"),
                        cell(kept.flatMap(k -> kept(first, count, "kept").map(f -> k / f)), "%.3f"),
                        cell(kept(arm, count, "counted_attention"), "%.0f"),
                        cell(time, "%.2f"),
                        cell(time.flatMap(t -> time(first, count).map(f -> t / f)), "%.3f"));
            }
        }
        return table.text();
    }

    private Optional<Double> kept(String arm, int tokens, String key) {
        return results.cost(CostMeasure.MEMORY, arm, tokens)
                .map(network -> network.path(key).asDouble() / tokens);
    }

    /** Median over the rounds, microseconds a token. */
    Optional<Double> time(String arm, int tokens) {
        return results.cost(CostMeasure.TIME, arm, tokens)
                .map(network -> {
                    double[] times =
                            StudyMeasure.numbers(network.path("nanoseconds")).stream()
                                    .mapToDouble(Double::doubleValue)
                                    .sorted()
                                    .toArray();
                    return times[times.length / 2]
                            / 1e3
                            / tokens
                            / network.path("images").asDouble(1);
                });
    }

    private String searches() {
        Table table =
                new Table(
                        "| search | arm | learning rate | validation accuracy | |",
                        "|---|---|---:|---:|---|");
        for (PlannedRun run : PlannedRun.of(plan())) {
            if (run.kind() == Kind.SEARCH) {
                Optional<JsonNode> line = results.line(run.kind().word(), run.id());
                boolean chosen =
                        results.rate(run.group(), run.arm()).filter(run.rate()::equals).isPresent();
                table.add(
                        "| %s | %s | %s | %s | %s |",
                        run.group(),
                        run.arm(),
                        run.rate(),
                        cell(line.map(found -> 100 * StudyResults.validation(found)), "%.2f"),
                        chosen ? "chosen" : "");
            }
        }
        return table.text();
    }

    private static String interval(PairedTest test) {
        return format("%+.3f", test.low()) + " to " + format("%+.3f", test.high());
    }

    private static String withInterval(double[] values) {
        if (values.length < 2) {
            return mean(values, "%.2f");
        }
        PairedTest test = PairedTest.of(values, 0);
        return String.format(
                Locale.ROOT, "%.2f (%.2f to %.2f)", test.mean(), test.low(), test.high());
    }

    private static String mean(double[] values, String form) {
        OptionalDouble mean = Arrays.stream(values).average();
        return mean.isEmpty() ? NOTHING : format(form, mean.getAsDouble());
    }

    private static String cell(Optional<Double> value, String form) {
        return value.map(number -> format(form, number)).orElse(NOTHING);
    }

    private static String format(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }
}
