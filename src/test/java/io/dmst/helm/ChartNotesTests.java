package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import org.junit.jupiter.api.Test;

/** The notes after an installation name what is there, and warn of what is open. */
class ChartNotesTests {

    @Test
    void theyNameTheDeploymentTheServiceAndTheGracePeriodThatAreRendered() {
        for (String mode : new String[] {"remote", "local"}) {
            String values = "mode: " + mode;
            Release release = Chart.render(values);
            String edge = mode.equals("local") ? "inference" : "gateway";
            assertThat(Chart.notes(values))
                    .contains(
                            "deployment/" + release.deployment(edge).getMetadata().getName() + "\n")
                    .contains(
                            "service/"
                                    + release.one(Service.class, "demo-dmst")
                                            .getMetadata()
                                            .getName()
                                    + " 8080")
                    .contains("helm -n vision test demo")
                    .contains(
                            "may take %d s to stop"
                                    .formatted(
                                            release.pod(edge).getTerminationGracePeriodSeconds()));
        }
    }

    @Test
    void theyWarnOfWhatIsOpen() {
        assertThat(Chart.notes("{}"))
                .contains("speak in plain text")
                .doesNotContain("networkPolicy.enabled is false");
        assertThat(Chart.notes("mode: local")).doesNotContain("Mind:");
        assertThat(
                        Chart.notes(
                                "{networkPolicy: {enabled: false}, ingress: {enabled: true, hosts: [a.example]}}"))
                .contains("networkPolicy.enabled is false")
                .contains("the Ingress has no certificate")
                .contains("http://a.example/");
        assertThat(
                        Chart.notes(
                                "route: {http: {enabled: true}, parentRefs: [{name: e}], canary: {service: dmst-canary, weight: 10}}"))
                .contains("10 of 100 requests go to dmst-canary");
    }
}
