package io.dmst.serve.http;

import static io.dmst.serve.http.ExplainPage.CAT;
import static io.dmst.serve.http.ExplainPage.ROCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.DmstApplication;
import io.dmst.serve.local.PredictorLoader;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.PredictorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

/** The page where more than one model is served, one of them without memberships. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = {PageModelsIntegrationTests.TwoModels.class, DmstApplication.class},
        properties = "management.server.port=0")
class PageModelsIntegrationTests {

    @TempDir private static Path directory;

    private static Browser browser;

    private final int port;

    PageModelsIntegrationTests(@LocalServerPort int port) {
        this.port = port;
    }

    /** The bundled one, and one of softmax attention on random weights. */
    @TestConfiguration(proxyBeanMethods = false)
    static class TwoModels {

        @Bean(destroyMethod = "close")
        Models models(PredictorSettings properties, MeterRegistry meters) throws IOException {
            Path golden = Path.of("src/test/resources/golden");
            String config = Files.readString(golden.resolve("vit-micro-p8.json"));
            Files.writeString(
                    directory.resolve("config.json"),
                    config.replaceFirst("\\{", "{\"name\": \"vit-micro-p8\","));
            Files.copy(
                    golden.resolve("vit-micro-p8.safetensors"),
                    directory.resolve("model.safetensors"));
            return new Models(
                    List.of(
                            PredictorLoader.open(PredictorLoader.model(null), properties, meters),
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
    void anotherModelExplainsTheSameImagesAgain() {
        ExplainPage page = ExplainPage.load(browser, port).explain(CAT, 1);
        page.one("#compare").click();
        page.explain(ROCKET, 2);
        assertThat(page.texts(".panel .facts")).allMatch(facts -> facts.contains("dmst-cifar10"));
        page.one("#model").sendKeys(Keys.ARROW_DOWN);
        page.until(() -> {
            assertThat(page.texts(".panel h2")).containsExactly("chelsea.png", "rocket.jpg");
            assertThat(page.texts(".panel .facts"))
                    .allMatch(facts -> facts.contains("vit-micro-p8"));
        });
        assertThat(page.one("#card summary").getText()).contains("vit-micro-p8");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aModelWithoutMembershipsShowsWhatItHas() {
        ExplainPage page = ExplainPage.load(browser, port);
        page.one("#model").sendKeys(Keys.ARROW_DOWN);
        page.until(() -> assertThat(page.one("#card summary").getText()).contains("vit-micro"));
        page.explain(CAT, 1);
        assertThat(page.all("[name=view]:enabled")).hasSize(1);
        assertThat(page.one("[name=view]:checked").getDomAttribute("value")).isEqualTo("class");
        assertThat(page.all(".groups button")).isEmpty();
        assertThat(page.one(".through").isDisplayed()).isFalse();
        assertThat(page.one(".note").isDisplayed()).isFalse();
        assertThat(page.one(".rates .line.R .number").getText()).matches("\\d+\\.\\d");
        assertThat(page.all(".rates .line.R_c")).isEmpty();
        Object covered = page.overlay(0);
        page.slide("strength", 0);
        assertThat(page.overlay(0)).isNotEqualTo(covered);
        assertThat(browser.complaints()).isEmpty();
    }
}
