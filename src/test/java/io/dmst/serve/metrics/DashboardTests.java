package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.metrics.Dashboard.Panel;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The form of the dashboard; what its queries read is in {@link MetricUseTests}. */
class DashboardTests {

    /**
     * Colours of Okabe and Ito, which people with any of the common colour deficiencies tell apart,
     * and a grey.
     */
    private static final Set<String> PALETTE =
            Set.of(
                    "#009E73", "#E69F00", "#56B4E9", "#0072B2", "#D55E00", "#CC79A7", "#F0E442",
                    "#8C8C8C");

    private static final Pattern COLOUR = Pattern.compile("#[0-9A-Fa-f]{6}\\b");

    private final Dashboard dashboard = Dashboard.read();

    DashboardTests() throws IOException {}

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() {
        assertThat(dashboard.panels()).hasSizeGreaterThan(20);
        for (Panel panel : dashboard.panels()) {
            assertThat(panel.json().path("description").asString())
                    .as(panel.title())
                    .hasSizeGreaterThan(60)
                    .endsWith(".");
            String where =
                    panel.type().equals("heatmap") ? "/options/yAxis" : "/fieldConfig/defaults";
            assertThat(panel.json().at(where).path("unit").asString())
                    .as(panel.title())
                    .isNotEmpty();
            assertThat(panel.expressions()).as(panel.title()).isNotEmpty();
        }
    }

    @Test
    void titlesAndNumbersOfPanelsAreUnique() {
        assertThat(dashboard.panels()).extracting(Panel::title).doesNotHaveDuplicates();
        assertThat(dashboard.json().path("panels").valueStream().map(p -> p.path("id").asInt()))
                .doesNotHaveDuplicates();
    }

    @Test
    void noPanelCoversAnother() {
        Set<List<Integer>> taken = new HashSet<>();
        for (JsonNode panel : dashboard.json().path("panels")) {
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isBetween(1, 24);
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    assertThat(
                                    taken.add(
                                            List.of(
                                                    place.path("x").asInt() + x,
                                                    place.path("y").asInt() + y)))
                            .as(panel.path("title").asString())
                            .isTrue();
                }
            }
        }
    }

    @Test
    void coloursAreToldApartByEverybody() {
        String text = dashboard.json().toString();
        assertThat(
                        COLOUR.matcher(text)
                                .results()
                                .map(MatchResult::group)
                                .collect(Collectors.toSet()))
                .isNotEmpty()
                .isSubsetOf(PALETTE);
        assertThat(modes()).isSubsetOf("fixed", "shades", "thresholds", "scheme");
        assertThat(dashboard.json().findValuesAsString("scheme")).containsOnly("Cividis");
    }

    private Set<String> modes() {
        return dashboard.json().findValues("color").stream()
                .filter(JsonNode::isObject)
                .map(colour -> colour.path("mode").asString())
                .collect(Collectors.toSet());
    }

    @Test
    void dataSourceNamespaceJobInstanceAndModelCanBeChosen() {
        assertThat(dashboard.variables())
                .extracting(variable -> variable.path("name").asString())
                .containsExactly("datasource", "namespace", "job", "instance", "model");
        assertThat(
                        Stream.concat(
                                dashboard
                                        .json()
                                        .path("panels")
                                        .valueStream()
                                        .filter(panel ->
                                                !panel.path("type").asString().equals("row")),
                                dashboard.json().path("panels").findValues("targets").stream()
                                        .flatMap(JsonNode::valueStream)))
                .allMatch(node ->
                        node.path("datasource").path("uid").asString().equals("${datasource}"));
    }

    @Test
    void nothingOfItIsBoundToOneGrafana() {
        assertThat(dashboard.json().path("id").isNull()).isTrue();
        assertThat(dashboard.json().path("uid").asString()).isEqualTo("dmst-serve");
        assertThat(dashboard.json().path("editable").asBoolean()).isFalse();
        assertThat(dashboard.json().path("schemaVersion").asInt()).isEqualTo(42);
    }
}
