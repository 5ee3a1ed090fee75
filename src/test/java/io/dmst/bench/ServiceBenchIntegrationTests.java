package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.checkpoint.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real services, in processes of their own. */
class ServiceBenchIntegrationTests {

    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration TURN = Duration.ofMillis(300);

    @TempDir private Path directory = Path.of("");

    private JsonNode json(Path file) {
        return JsonMapper.shared().readTree(file.toFile());
    }

    @Test
    void aServiceIsHeldAgainstTheBareLoop() throws IOException, InterruptedException {
        Path model = directory.resolve("model");
        IdentityModel.write(model);
        ServiceBench.Settings settings =
                new ServiceBench.Settings(
                        Protocol.GRPC,
                        4,
                        WARM_UP,
                        TURN,
                        3,
                        0,
                        List.of("--dmst.inference.model=" + model));

        ServiceReport report =
                new ServiceBench(Programs.ourOwn(), ModelDirectory.read(model), settings)
                        .run(IdentityModel.photographs(), line -> {});

        assertThat(report.rounds()).hasSize(3);
        for (ServiceReport.Round round : report.rounds()) {
            assertThat(round.bare()).isGreaterThan(0);
            assertThat(round.service()).isGreaterThan(0);
            assertThat(round.clientShare()).isBetween(0.0, 1.0);
        }
        assertThat(report.ratioWithoutClient().median())
                .isGreaterThanOrEqualTo(report.ratio().median());
        assertThat(report.saturated().outcomes()).containsOnlyKeys(Target.OK);
        assertThat(report.alone().meanBatch()).isEqualTo(1);
        assertThat(report.alone().stages()).containsKey("queue");
        assertThat(report.text()).contains("service / bare loop");
        report.writeJson(directory.resolve("service.json"));
        assertThat(json(directory.resolve("service.json")).at("/rounds/2/service").asDouble())
                .isGreaterThan(0);
        report.writePlot(directory.resolve("service.png"));
        assertThat(Files.size(directory.resolve("service.png"))).isGreaterThan(5000);
    }

    @Test
    void whatIsAnsweredInAnOverloadIsHeldAgainstTheSaturation()
            throws IOException, InterruptedException {
        OverloadBench.Settings settings =
                new OverloadBench.Settings(
                        Protocol.REST,
                        32,
                        6,
                        Duration.ofMillis(250),
                        WARM_UP,
                        Duration.ofSeconds(1),
                        2,
                        List.of());

        OverloadReport report =
                new OverloadBench(Programs.ourOwn(), settings)
                        .run(Photographs.of(null), line -> {});

        assertThat(report.rounds()).hasSize(2);
        for (OverloadReport.Round round : report.rounds()) {
            assertThat(round.rate()).isEqualTo(6 * round.before());
            assertThat(round.unanswered()).isZero();
            assertThat(round.after()).isGreaterThan(0);
        }
        assertThat(report.answers().outcomes()).containsKeys(Target.OK, Target.OVERLOADED);
        assertThat(report.refusals().latency().count())
                .isEqualTo(report.answers().outcomes().get(Target.OVERLOADED));
        assertThat(report.refusals().withoutRetryAfter()).isZero();
        assertThat(report.ratio().median()).isPositive();
        assertThat(report.text()).contains("answered in time / at saturation");
        report.writeJson(directory.resolve("overload.json"));
        assertThat(json(directory.resolve("overload.json")).at("/refusals/latency/p50").asDouble())
                .isGreaterThan(0);
        report.writePlot(directory.resolve("overload.png"));
        assertThat(Files.size(directory.resolve("overload.png"))).isGreaterThan(5000);
    }

    @Test
    void aGatewayIsHeldAgainstAServiceThatComputesItself()
            throws IOException, InterruptedException {
        HopBench.Settings settings =
                new HopBench.Settings(Protocol.REST, 1, WARM_UP, TURN, 3, List.of());

        HopReport report =
                new HopBench(Programs.ourOwn(), settings).run(Photographs.of(null), line -> {});

        assertThat(report.local().outcomes()).containsOnlyKeys(Target.OK);
        assertThat(report.gateway().outcomes()).containsOnlyKeys(Target.OK);
        assertThat(report.addedP50().samples()).isEqualTo(3);
        assertThat(report.cpuMilliseconds().get("gateway"))
                .containsOnlyKeys("gateway", "node", "client");
        assertThat(report.text()).contains("the gateway adds: p50");
        report.writeJson(directory.resolve("hop.json"));
        assertThat(json(directory.resolve("hop.json")).at("/gateway/latency/p50").asDouble())
                .isGreaterThan(0);
        report.writePlot(directory.resolve("hop.png"));
        assertThat(Files.size(directory.resolve("hop.png"))).isGreaterThan(5000);
    }
}
