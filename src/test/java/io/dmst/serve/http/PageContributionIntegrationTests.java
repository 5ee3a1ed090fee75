package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.DmstApplication;
import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.RandomWeights;
import io.dmst.serve.local.PredictorLoader;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.PredictorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

/** The page where the model has the membership head. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = {PageContributionIntegrationTests.OneModel.class, DmstApplication.class},
        properties = "management.server.port=0")
class PageContributionIntegrationTests {

    @TempDir private static Path directory;

    private static Browser browser;

    private final int port;

    PageContributionIntegrationTests(@LocalServerPort int port) {
        this.port = port;
    }

    /** One with the membership head, on random weights. */
    @TestConfiguration(proxyBeanMethods = false)
    static class OneModel {

        @Bean(destroyMethod = "close")
        Models models(PredictorSettings properties, MeterRegistry meters) throws IOException {
            ModelConfig config =
                    ModelConfig.of(
                            Map.of(
                                    "name", "split",
                                    "image_size", List.of(32, 32),
                                    "patch_size", 4,
                                    "embed_dim", 24,
                                    "depth", 3,
                                    "num_heads", 5,
                                    "num_classes", 6,
                                    "mlp_ratio", 0,
                                    "head", "membership"));
            ModelDirectory.write(
                    directory,
                    config,
                    RandomWeights.of(config),
                    List.of("cat", "dog", "owl", "fox", "hen", "bee"),
                    new ModelCard(Map.of(), ""));
            return new Models(
                    List.of(
                            PredictorLoader.open(
                                    PredictorLoader.model(directory), properties, meters)));
        }
    }

    @BeforeAll
    static void openBrowser() throws IOException {
        browser = Browser.open();
        browser.desktop(1280, 900);
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void whatEachPatchAddsStandsInThePlaceOfClassAttention() {
        ExplainPage page = ExplainPage.load(browser, port).explain(ExplainPage.CAT, 1);
        assertThat(page.texts(".views span"))
                .contains("Contribution")
                .doesNotContain("Class token");
        Object groups = page.overlay(0);

        page.view("class");

        page.until(() -> assertThat(page.one(".scale").isDisplayed()).isTrue());
        Object contributions = page.overlay(0);
        assertThat(contributions).isNotEqualTo(groups);
        assertThat(page.one("#view-meaning").getText()).contains("adds to the score");
        assertThat(page.one(".scale span").getText()).startsWith("−");
        assertThat(page.one(".scale .end").getText()).startsWith("+");
        page.one(".groups button").click();
        assertThat(page.overlay(0)).isNotEqualTo(contributions);
        assertThat(browser.complaints()).isEmpty();
    }
}
