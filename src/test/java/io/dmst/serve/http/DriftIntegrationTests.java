package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.DmstApplication;
import io.dmst.core.image.PngEncoder;
import io.dmst.core.image.RgbImage;
import io.dmst.serve.http.Caller.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import tools.jackson.databind.JsonNode;

/** Typicality and drift of the bundled model, from encoded files to what Prometheus reads. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = DmstApplication.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class DriftIntegrationTests {

    private static final Path CIFAR = Path.of("../shared/data/cifar10-images.zip");
    private static final int WINDOW = 256;
    private static final int TOGETHER = 32;

    private final Caller users;
    private final Caller management;

    DriftIntegrationTests(@LocalServerPort int port, @LocalManagementPort int managementPort) {
        users = new Caller(port);
        management = new Caller(managementPort);
    }

    private static List<byte[]> noise(int count) {
        Random random = new Random(1);
        return Stream.generate(
                        () -> {
                            byte[] pixels = new byte[32 * 32 * 3];
                            random.nextBytes(pixels);
                            return PngEncoder.encode(new RgbImage(32, 32, pixels));
                        })
                .limit(count)
                .toList();
    }

    private void send(List<byte[]> images) {
        for (int from = 0; from < images.size(); from += TOGETHER) {
            byte[][] some = images.subList(from, from + TOGETHER).toArray(byte[][]::new);
            assertThat(users.form(Caller.CLASSIFY, "image", some).status()).isEqualTo(200);
        }
    }

    private double metric(String name) {
        String all = management.get("/actuator/prometheus").body();
        Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(all);
        assertThat(line.find()).as("%s in %s", name, all).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private static String ofModel(String metric) {
        return metric + "{model=\"dmst-cifar10\",version=\"1\"}";
    }

    @Test
    void noiseAlarmsWithinOneWindow() {
        assertThat(metric(ofModel("dmst_drift"))).isZero();
        assertThat(metric(ofModel("dmst_drift_alarm"))).isZero();
        send(noise(WINDOW));
        assertThat(metric(ofModel("dmst_drift"))).isGreaterThan(1);
        assertThat(metric(ofModel("dmst_drift_alarm"))).isOne();
        assertThat(
                        metric(
                                "dmst_drift_windows_total{model=\"dmst-cifar10\",verdict=\"alarm\",version=\"1\"}"))
                .isPositive();
        assertThat(metric(ofModel("dmst_typicality_count"))).isEqualTo(WINDOW);
    }

    @Test
    void imagesOfItsDataStaySilent() throws IOException {
        assumeTrue(
                Files.exists(CIFAR), CIFAR + " is not here: no stream of CIFAR-10's test images");
        send(testImages(8 * WINDOW));
        assertThat(
                        metric(
                                "dmst_drift_windows_total{model=\"dmst-cifar10\",verdict=\"quiet\",version=\"1\"}"))
                .isEqualTo(8);
        assertThat(metric(ofModel("dmst_drift"))).isBetween(0.1, 1.0);
        assertThat(metric(ofModel("dmst_drift_alarm"))).isZero();
        // of images like the reference's the mean is ½; 2048 of them have a standard error of 0.6 %
        assertThat(
                        metric(ofModel("dmst_typicality_sum"))
                                / metric(ofModel("dmst_typicality_count")))
                .isCloseTo(50, within(3.0));
    }

    private static List<byte[]> testImages(int count) throws IOException {
        try (ZipFile zip = new ZipFile(CIFAR.toFile())) {
            List<? extends ZipEntry> entries =
                    new ArrayList<>(
                            zip.stream()
                                    .filter(entry -> entry.getName().matches("test/.*\\.jpg"))
                                    .toList());
            Collections.shuffle(entries, new Random(1));
            List<byte[]> images = new ArrayList<>();
            for (ZipEntry entry : entries.subList(0, count)) {
                images.add(zip.getInputStream(entry).readAllBytes());
            }
            return images;
        }
    }

    private double typicality(byte[] image) {
        JsonNode result = users.put(Caller.CLASSIFY, image).json().path("results").path(0);
        return result.path("typicality").asDouble(-1);
    }

    @Test
    void blankImagesAndNoiseAreUnusualAndEveryInterfaceSaysTheSame() throws IOException {
        byte[] cat = Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
        double usual = typicality(cat);
        assertThat(usual).isBetween(0.05, 1.0);
        assertThat(typicality(Pictures.red())).isBetween(0.0, 0.01);
        assertThat(noise(TOGETHER).stream().mapToDouble(this::typicality).average().orElseThrow())
                .isBetween(0.0, 0.2);
        JsonNode explained = users.put("/v1/explain?rates=variational", cat).json();
        assertThat(explained.path("typicality").asDouble()).isEqualTo(usual);
        JsonNode inferred =
                users.json(
                                "/v2/models/dmst-cifar10/infer",
                                OipBodies.request(
                                        OipBodies.image(OipBodies.base64(cat), 1),
                                        ",\"outputs\":[{\"name\":\"typicality\"}]"))
                        .json();
        assertThat(inferred.path("outputs").path(0).path("data").path(0).asDouble())
                .as("%s", inferred)
                .isCloseTo(usual, within(1e-6));
    }

    @Test
    void theModelTellsItsReference() {
        Answer answer = users.get("/v1/models/dmst-cifar10");
        JsonNode reference = answer.json().path("reference");
        assertThat(reference.path("data").asString()).contains("50000 training images");
        assertThat(reference.path("images").asInt()).isEqualTo(40_000);
        assertThat(reference.path("held_out").asInt()).isEqualTo(10_000);
        JsonNode rate = reference.path("coding_rate");
        assertThat(rate.path("epsilon_squared").asDouble()).isEqualTo(0.01);
        assertThat(reference.path("entropy").path("quantiles").path("0.5")).hasSize(4);
        for (int layer = 0; layer < 4; layer++) {
            JsonNode quantiles = rate.path("quantiles");
            assertThat(quantiles.path("0.05").path(layer).asDouble())
                    .isPositive()
                    .isLessThan(quantiles.path("0.95").path(layer).asDouble());
        }
    }
}
