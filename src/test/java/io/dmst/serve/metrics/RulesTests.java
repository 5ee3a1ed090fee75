package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.metrics.Promtool.Result;
import io.dmst.serve.metrics.Rules.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules by themselves; what they read is in {@link MetricUseTests}. */
class RulesTests {

    private static final Path TESTS = Path.of("src/test/resources/rules/dmst-tests.yaml");
    private static final Pattern FIRING =
            Pattern.compile(
                    "alertname=\"(\\w+)\", alertstate=\"firing\"|alertname: (\\w+)\\n +exp_");

    private final Rules rules = Rules.read();

    RulesTests() throws IOException {}

    @Test
    void everyAlertSaysWhatIsWrongWhatToDoAndHowBadItIs() {
        assertThat(rules.alerts())
                .isNotEmpty()
                .allSatisfy(alert -> {
                    assertThat(alert.name()).startsWith("Dmst");
                    assertThat(alert.severity()).isIn("critical", "warning");
                    assertThat(alert.annotation("summary")).as(alert.name()).isNotBlank();
                    assertThat(alert.annotation("description"))
                            .as(alert.name())
                            .hasSizeGreaterThan(100)
                            .endsWith(".");
                });
        assertThat(rules.all()).extracting(Rule::name).doesNotHaveDuplicates();
    }

    @Test
    void everyRecordIsNamedByItsLevelItsMetricAndWhatIsDone() {
        assertThat(rules.records())
                .isNotEmpty()
                .allMatch(rule -> rule.name().matches("dmst:\\w+:\\w+"));
    }

    @Test
    void everyAlertIsSeenToFireInATest() throws IOException {
        Set<String> fired =
                FIRING.matcher(Files.readString(TESTS))
                        .results()
                        .map((MatchResult hit) ->
                                hit.group(1) == null ? hit.group(2) : hit.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(fired)
                .containsExactlyInAnyOrderElementsOf(
                        rules.alerts().stream().map(Rule::name).toList());
    }

    @Test
    void prometheusAcceptsTheRules() throws IOException, InterruptedException {
        Promtool.assumeInstalled("promtool");
        Result result = Promtool.run("promtool", "check", "rules", Rules.FILE.toString());
        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output()).contains(rules.all().size() + " rules found");
    }

    @Test
    void alertsFireAndStaySilentAsTheyShould() throws IOException, InterruptedException {
        Promtool.assumeInstalled("promtool");
        Result result = Promtool.run("promtool", "test", "rules", TESTS.toString());
        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output()).contains("SUCCESS");
    }

    @Test
    void aRuleThatIsTamperedWithIsNoticed(@TempDir Path directory)
            throws IOException, InterruptedException {
        Promtool.assumeInstalled("promtool");
        Path tests = directory.resolve("tests.yaml");
        Path changed = directory.resolve("rules.yaml");
        Files.writeString(changed, Files.readString(Rules.FILE).replace("> 0.85", "> 0.97"));
        Files.writeString(
                tests,
                Files.readString(TESTS)
                        .replaceAll("- .*/rules/dmst.yaml", "- " + changed.getFileName()));
        Result result = Promtool.run("promtool", "test", "rules", tests.toString());
        assertThat(result.status()).as(result.output()).isNotZero();
        assertThat(result.output()).contains("DmstHeapFull");
    }
}
