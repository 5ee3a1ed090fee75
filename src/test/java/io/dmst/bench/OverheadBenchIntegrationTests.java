package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real program, in a process of its own. */
class OverheadBenchIntegrationTests {

    private static final LoadBench.Settings SHORT =
            new LoadBench.Settings(
                    Duration.ofMillis(300),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(300),
                    Duration.ofSeconds(20),
                    1);

    @TempDir private Path directory = Path.of("");

    @Test
    void theServersOwnCostIsMeasured() throws IOException, InterruptedException {
        OverheadBench bench =
                new OverheadBench(
                        Programs.ourOwn(),
                        new OverheadBench.Settings(
                                0.2,
                                SHORT,
                                List.of(Protocol.REST, Protocol.GRPC),
                                List.of("--dmst.inference.workers=2")));

        OverheadReport report = bench.run(line -> {});

        assertThat(report.rows()).hasSize(2);
        for (OverheadReport.Row row : report.rows()) {
            assertThat(row.measured().outcomes()).containsOnlyKeys(Target.OK);
            assertThat(row.measured().sending().unanswered()).isZero();
            assertThat(row.measured().stages()).containsOnlyKeys("decode", "queue", "compute");
            assertThat(row.serverMilliseconds()).isPositive();
        }
        assertThat(report.text()).contains("processor time per request");
        Path plot = directory.resolve("overhead.png");
        report.writePlot(plot);
        assertThat(Files.size(plot)).isGreaterThan(5000);
        Path json = directory.resolve("deep/overhead.json");
        report.writeJson(json);
        JsonNode tree = JsonMapper.shared().readTree(json.toFile());
        assertThat(tree.at("/rows/1/measured/latency/p50").asDouble()).isPositive();
        assertThat(tree.at("/rows/0/saturation/rate").asDouble()).isPositive();
    }

    @Test
    void aLoadOnARealServerIsAnsweredAndDrawn() throws IOException, InterruptedException {
        try (ChildServer server = ChildServer.start(Programs.ourOwn(), List.of());
                Target target =
                        Targets.of(
                                List.of(server.address()), Operation.CLASSIFY, SHORT.timeout())) {
            LoadReport.Measured measured =
                    new LoadBench(target, Photographs.of(null), SHORT).open(20);

            assertThat(measured.outcomes()).containsOnlyKeys(Target.OK);
            assertThat(measured.latency().count()).isBetween(5L, 45L);
            assertThat(server.cpuTime()).isPositive();
            Path plot = directory.resolve("load.png");
            new LoadReport(
                            Machine.here(),
                            List.of(server.address().toString()),
                            new LoadReport.Asked("classify", 20.0, null, 20.0, 1),
                            null,
                            measured)
                    .writePlot(plot);
            assertThat(Files.size(plot)).isGreaterThan(5000);
        }
    }

    @Test
    void aServerThatDoesNotStartIsReportedWithItsLastLines() {
        assertThatThrownBy(() ->
                        ChildServer.start(
                                Programs.ourOwn(), List.of("--dmst.inference.device=toaster")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not become ready")
                .hasMessageContaining("toaster");
    }
}
