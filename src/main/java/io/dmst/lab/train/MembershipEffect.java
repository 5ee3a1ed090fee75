package io.dmst.lab.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether a network's predictions depend on its memberships: its accuracy as it is, and under each
 * intervention.
 *
 * @param accuracy by intervention, a share of the images
 * @param balanced by intervention, mean over the classes
 */
record MembershipEffect(
        Map<InterventionRuns, Double> accuracy, Map<InterventionRuns, Double> balanced) {

    /**
     * Measures all of them on a set of images.
     *
     * @param own how good the network is as it is
     */
    static MembershipEffect measure(Evaluator evaluator, Examples examples, Evaluation own)
            throws IOException {
        Map<InterventionRuns, Double> accuracy = new EnumMap<>(InterventionRuns.class);
        Map<InterventionRuns, Double> balanced = new EnumMap<>(InterventionRuns.class);
        accuracy.put(InterventionRuns.OWN, own.accuracy());
        balanced.put(InterventionRuns.OWN, own.balancedAccuracy());
        for (InterventionRuns intervention : InterventionRuns.values()) {
            if (intervention != InterventionRuns.OWN
                    && intervention.appliesTo(evaluator.network().config())) {
                Hits hits = evaluator.hits(examples, intervention);
                accuracy.put(intervention, hits.accuracy());
                balanced.put(intervention, hits.balancedAccuracy());
            }
        }
        return new MembershipEffect(accuracy, balanced);
    }

    /** In words, a line each. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        accuracy.forEach((intervention, share) ->
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "%s: %.2f %% of the test images named rightly (%.2f %% mean over classes)",
                                intervention.meaning(),
                                100 * share,
                                100 * balanced.getOrDefault(intervention, Double.NaN))));
        return lines;
    }
}
