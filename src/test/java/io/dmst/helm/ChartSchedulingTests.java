package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where pods are wanted. */
class ChartSchedulingTests {

    /** An API server warns of a constraint that counts no pods, and the scheduler ignores it. */
    @Test
    void everySpreadCountsThePodsOfItsTier() {
        assertThat(
                        Situations.wrong(release ->
                                release.all(Deployment.class).stream()
                                        .flatMap(deployment -> {
                                            Map<String, String> pods =
                                                    deployment
                                                            .getSpec()
                                                            .getSelector()
                                                            .getMatchLabels();
                                            return spec(deployment)
                                                    .getTopologySpreadConstraints()
                                                    .stream()
                                                    .filter(spread -> !counts(spread, pods))
                                                    .map(TopologySpreadConstraint::getTopologyKey);
                                        })))
                .isEmpty();
    }

    @Test
    void aSelectorOfTheUsersOwnIsKept() {
        Release release =
                Chart.render(
                        """
                        inference:
                          topologySpreadConstraints:
                            - {maxSkew: 1, topologyKey: rack, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}}
                            - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}
                        """);
        assertThat(release.pod("inference").getTopologySpreadConstraints())
                .extracting(TopologySpreadConstraint::getTopologyKey)
                .containsExactly("rack", "zone");
        assertThat(release.pod("inference").getTopologySpreadConstraints())
                .extracting(spread -> spread.getLabelSelector().getMatchLabels())
                .containsExactly(
                        Map.of("a", "b"),
                        release.deployment("inference").getSpec().getSelector().getMatchLabels());
    }

    private static PodSpec spec(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static boolean counts(TopologySpreadConstraint spread, Map<String, String> pods) {
        return spread.getLabelSelector() != null
                && pods.equals(spread.getLabelSelector().getMatchLabels());
    }
}
