package io.dmst.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.image.ImageDecoder;
import io.dmst.core.image.ImageLimits;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the chart says to the program, the program understands. */
class ChartConfigurationTests {

    private static final Map<String, String> KNOWN = known();

    /** What taking leave of HTTP clients may take, drained or not: a quiet and a last look. */
    private static final Duration LEAVE = Duration.ofSeconds(2 + 2);

    /** Keys and their types, of everything on the class path that describes its keys. */
    private static Map<String, String> known() {
        Map<String, String> keys = new HashMap<>();
        try {
            for (URL url :
                    Collections.list(
                            ChartConfigurationTests.class
                                    .getClassLoader()
                                    .getResources("META-INF/spring-configuration-metadata.json"))) {
                try (InputStream json = url.openStream()) {
                    JsonNode properties = JsonMapper.shared().readTree(json).path("properties");
                    properties.forEach(property ->
                            keys.put(
                                    property.path("name").asString(),
                                    property.path("type").asString()));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return keys;
    }

    /** Whether it is a key, or lies in one that is a map or a list. */
    private static boolean isKnown(String key) {
        String name = key.replaceAll("\\[\\d+]", "");
        return KNOWN.containsKey(name)
                || KNOWN.entrySet().stream()
                        .filter(known -> known.getValue().startsWith("java.util.Map"))
                        .anyMatch(known -> name.startsWith(known.getKey() + "."));
    }

    @Test
    void everyKeyThatTheChartSetsIsOneOfTheProgram() {
        assertThat(KNOWN)
                .containsKeys("dmst.gateway.nodes", "spring.lifecycle.timeout-per-shutdown-phase");
        assertThat(isKnown("dmst.gateway.node")).isFalse();
        assertThat(
                        Situations.wrong(release ->
                                tiers(release)
                                        .flatMap(tier -> release.keys(tier).keySet().stream())
                                        .filter(key -> !isKnown(key))))
                .isEmpty();
    }

    private static Stream<String> tiers(Release release) {
        return Stream.of("gateway", "inference")
                .filter(tier ->
                        release.of("ConfigMap")
                                .anyMatch(map -> Release.name(map).endsWith("-" + tier)));
    }

    @Test
    void everyKeyOfOursThatTheChartSetsIsDocumented() throws IOException {
        String document = Files.readString(Path.of("docs", "reference", "configuration.md"));
        TreeSet<String> ours = new TreeSet<>();
        Situations.releases()
                .values()
                .forEach(release ->
                        tiers(release)
                                .flatMap(tier -> release.keys(tier).keySet().stream())
                                .filter(key -> key.startsWith("dmst."))
                                .map(key -> key.replaceAll("\\[\\d+]", ""))
                                .forEach(ours::add));
        assertThat(ours)
                .isNotEmpty()
                .allSatisfy(key -> assertThat(document).contains("| `" + key + "` |"));
    }

    @Test
    void environmentVariablesOfTheExamplesAreKeysToo() throws IOException {
        String example =
                Files.readString(Chart.DIRECTORY.resolve("examples/kserve-inferenceservice.yaml"));
        List<String> variables =
                Pattern.compile("name: (DMST_\\w+)")
                        .matcher(example)
                        .results()
                        .map(m -> m.group(1))
                        .toList();
        List<String> canonical =
                KNOWN.keySet().stream()
                        .map(key ->
                                key.replace("-", "")
                                        .replace('.', '_')
                                        .toUpperCase(java.util.Locale.ROOT))
                        .toList();
        assertThat(variables).isNotEmpty().isSubsetOf(canonical);
    }

    @Test
    void theLastWordIsTheTiersOwn() {
        Release release =
                Chart.render(
                        """
                        config: {dmst: {shutdown: {drain: 1s}, batch: {queue: 5}}}
                        inference: {config: {dmst: {shutdown: {drain: 2s}}}}
                        """);
        assertThat(release.keys("inference"))
                .containsEntry("dmst.shutdown.drain", "2s")
                .containsEntry("dmst.batch.queue", "5")
                .containsEntry("dmst.inference.mode", "local");
        assertThat(release.keys("gateway")).containsEntry("dmst.shutdown.drain", "1s");
    }

    @Test
    void theProgramFindsItsConfigurationAndPodsChangeWithIt() {
        Release before = Chart.render("{}");
        Release after = Chart.render("inference: {config: {dmst.batch.queue: 5}}");
        assertThat(before.container("inference").getEnv())
                .anySatisfy(variable -> {
                    assertThat(variable.getName()).isEqualTo("SPRING_CONFIG_ADDITIONAL_LOCATION");
                    assertThat(before.container("inference").getVolumeMounts())
                            .anyMatch(mount ->
                                    (mount.getMountPath() + "/").equals(variable.getValue()));
                });
        assertThat(checksum(after, "inference")).isNotEqualTo(checksum(before, "inference"));
        assertThat(checksum(after, "gateway")).isEqualTo(checksum(before, "gateway"));
    }

    private static Optional<String> checksum(Release release, String tier) {
        return Optional.ofNullable(
                release.deployment(tier)
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getAnnotations()
                        .get("checksum/config"));
    }

    @Test
    void aPodIsNotKilledBeforeItHasDoneWhatTheProgramPromises() {
        for (Release release : Situations.releases().values()) {
            tiers(release)
                    .forEach(tier -> {
                        Map<String, String> keys = release.keys(tier);
                        Duration drain = duration(keys, "dmst.shutdown.drain");
                        Duration http =
                                duration(keys, "spring.lifecycle.timeout-per-shutdown-phase");
                        Duration grpc = duration(keys, "spring.grpc.server.shutdown.grace-period");
                        Duration notice = duration(keys, "dmst.shutdown.pre-drain-delay");
                        assertThat(release.pod(tier).getTerminationGracePeriodSeconds())
                                .isGreaterThan(
                                        drain.plus(http)
                                                .plus(grpc)
                                                .plus(LEAVE)
                                                .plus(notice)
                                                .toSeconds());
                    });
        }
        assertThat(Chart.render("shutdown: {drainSeconds: 7}").keys("inference"))
                .containsEntry("dmst.shutdown.drain", "7s");
    }

    private static Duration duration(Map<String, String> keys, String key) {
        return DurationStyle.detectAndParse(String.valueOf(keys.get(key)));
    }

    @Test
    void aPodIsTakenOutOfItsServiceBeforeItStops() {
        Release release = Chart.render("{}");
        for (String tier : List.of("gateway", "inference")) {
            assertThat(duration(release.keys(tier), "dmst.shutdown.pre-drain-delay"))
                    .as("gateways look names up every 5 s, and Java keeps them for 5 s")
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(10));
            assertThat(release.container(tier).getLifecycle())
                    .as("while a hook sleeps the program does not know that it is to stop")
                    .isNull();
        }
        assertThat(release.container("gateway").getEnv())
                .anyMatch(variable -> "-Dsun.net.inetaddr.ttl=5".equals(variable.getValue()));
    }

    @Test
    void theLargestPictureFitsIntoTheMemoryThatIsForDecoding() {
        assertThat(pixels("3Gi")).as("what the program allows by itself").isEqualTo(25_000_000);
        assertThat(pixels("8Gi")).isEqualTo(25_000_000);
        assertThat(pixels("1Gi")).isBetween(16_000_000, 17_000_000);
        assertThat(pixels("1.5Gi")).isEqualTo(pixels("1536Mi"));
    }

    /** Pixels that a gateway of so much memory takes; the program itself checks that they fit. */
    private static int pixels(String memory) {
        Map<String, String> keys =
                Chart.render(
                                "gateway: {resources: {requests: {cpu: 1, memory: 1Gi}, limits: {memory: %s}}}"
                                        .formatted(memory))
                        .keys("gateway");
        DataSize decoding = DataSize.parse(String.valueOf(keys.get("dmst.image.decode-memory")));
        assertThat(decoding.toBytes())
                .isLessThan(Quantity.getAmountInBytes(new Quantity(memory)).longValueExact() / 2);
        int pixels = Integer.parseInt(String.valueOf(keys.get("dmst.image.max-pixels")));
        ImageLimits limits = new ImageLimits(ImageLimits.DEFAULT_MAX_BYTES, pixels, 100);
        new ImageDecoder(limits, decoding.toBytes());
        return pixels;
    }

    @Test
    void gatewaysAskTheNodesOfTheirReleaseOrThoseThatAreNamed() {
        assertThat(Chart.render("{}").keys("gateway"))
                .containsEntry("dmst.gateway.nodes[0]", "dns:///demo-dmst-inference-headless:8081");
        Release foreign = Chart.render(Situations.values().get("foreign nodes"));
        assertThat(foreign.keys("gateway"))
                .containsEntry("dmst.gateway.nodes[0]", "dns:///triton:8001")
                .containsEntry("dmst.gateway.nodes[1]", "node-3:8081");
        Release headless = Chart.render("{}");
        assertThat(
                        headless.one(
                                        io.fabric8.kubernetes.api.model.Service.class,
                                        "-inference-headless")
                                .getSpec()
                                .getClusterIP())
                .isEqualTo("None");
    }

    @Test
    void bothTiersReadTheModelWhereverItComesFrom() {
        for (String source : List.of("a claim", "an image", "S3", "a registry")) {
            Release release = Chart.render(Situations.values().get("the model from " + source));
            for (String tier : List.of("gateway", "inference")) {
                String path = String.valueOf(release.keys(tier).get("dmst.inference.model"));
                assertThat(release.container(tier).getVolumeMounts())
                        .anyMatch(mount -> (path + "/").startsWith(mount.getMountPath() + "/"));
            }
        }
        assertThat(Chart.render("{}").keys("inference")).doesNotContainKey("dmst.inference.model");
    }

    @Test
    void onAGpuTheModelIsComputedThereOrNotAtAll() {
        Release release = Chart.render("inference: {gpu: {enabled: true}}");
        assertThat(release.keys("inference")).containsEntry("dmst.inference.device", "cuda:0");
        assertThat(release.keys("gateway"))
                .containsEntry("dmst.inference.device", "cpu")
                .doesNotContainKey("dmst.inference.precision");
        assertThat(
                        Chart.render("inference: {gpu: {enabled: true, precision: fp16}}")
                                .keys("inference"))
                .containsEntry("dmst.inference.precision", "fp16");
        assertThat(release.pod("inference").getTolerations())
                .anyMatch(toleration -> "nvidia.com/gpu".equals(toleration.getKey()));
    }
}
