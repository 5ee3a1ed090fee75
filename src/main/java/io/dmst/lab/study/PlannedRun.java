package io.dmst.lab.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One piece of work of a study.
 *
 * @param id name of its directory and of its lines in the results
 * @param kind what it is
 * @param group the part or the search that it belongs to
 * @param arm that is trained; empty for a measurement of cost
 * @param seed of everything random in it
 * @param rate learning rate that is tried; empty where the search decides it
 */
record PlannedRun(String id, Kind kind, String group, String arm, long seed, String rate) {

    /** What a run is for; its word is the {@code kind} of its line. */
    enum Kind {
        /** Time and memory of all arms. */
        COST,
        /** A learning rate is tried. */
        SEARCH,
        /** A training that is compared. */
        RUN;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * All work of a plan in its order: cost; then the parts, each after the search that it needs.
     * In a part one seed of all arms comes before the next seed, so that what an interrupted study
     * leaves is balanced.
     */
    static List<PlannedRun> of(StudyPlan plan) {
        Map<String, PlannedRun> runs = new LinkedHashMap<>();
        plan.cost()
                .ifPresent(cost -> add(runs, new PlannedRun("cost", Kind.COST, "cost", "", 0, "")));
        for (StudyPart part : plan.parts()) {
            RateSearch search = plan.search(part.rates());
            for (String rate : search.rates()) {
                for (String arm : plan.arms().keySet()) {
                    String id = "search-%s-%s-%s".formatted(search.name(), arm, rate);
                    add(
                            runs,
                            new PlannedRun(
                                    id, Kind.SEARCH, search.name(), arm, search.seed(), rate));
                }
            }
            for (long seed : part.seeds()) {
                for (String arm : plan.arms().keySet()) {
                    String id = "%s-%s-%d".formatted(part.name(), arm, seed);
                    add(runs, new PlannedRun(id, Kind.RUN, part.name(), arm, seed, ""));
                }
            }
        }
        return new ArrayList<>(runs.values());
    }

    private static void add(Map<String, PlannedRun> runs, PlannedRun run) {
        runs.putIfAbsent(run.id(), run);
    }
}
