package io.dmst.serve.http;

import static io.dmst.serve.http.ExplainPage.CAT;
import static io.dmst.serve.http.ExplainPage.ROCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.DmstApplication;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page in a real browser, before the real server and the bundled model. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = DmstApplication.class,
        properties = "management.server.port=0")
class PageIntegrationTests {

    private static Browser browser;

    private final int port;
    private final Caller caller;
    private ExplainPage page;

    @TempDir private Path directory;

    PageIntegrationTests(@LocalServerPort int port) {
        this.port = port;
        caller = new Caller(port);
    }

    @BeforeAll
    static void openBrowser() throws IOException {
        browser = Browser.open();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void loadPage() {
        browser.desktop(1280, 900);
        page = ExplainPage.load(browser, port);
    }

    @AfterEach
    void theConsoleIsQuietAndNobodyElseWasAsked() {
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests(page.address()))
                .isNotEmpty()
                .allMatch(url -> url.startsWith(page.address()) || url.startsWith("blob:"));
    }

    private JsonNode explanation(Path file) throws IOException {
        return caller.put("/v1/explain", Files.readAllBytes(file)).json();
    }

    @Test
    void aChosenPhotographIsPredictedAsTheServicePredictsIt() throws IOException {
        page.explain(CAT, 1);
        JsonNode predictions = explanation(CAT).path("predictions");
        assertThat(predictions).hasSize(5);
        assertThat(page.texts(".predictions .label"))
                .containsExactlyElementsOf(
                        predictions.valueStream().map(p -> p.path("label").asString()).toList());
        assertThat(page.texts(".predictions .number"))
                .first()
                .isEqualTo(
                        "%.1f %%"
                                .formatted(
                                        100 * predictions.path(0).path("probability").asDouble()));
        assertThat(page.one("#status").getDomProperty("textContent"))
                .startsWith("chelsea.png: cat");
        assertThat(page.one(".panel h2").getText()).isEqualTo("chelsea.png");
    }

    @Test
    void howUsualAnImageIsStandsBesideTheUsualBandAndABlankOneIsUnlikeAll() throws IOException {
        page.explain(CAT, 1);
        assertThat(page.one(".typicality output").getText())
                .isEqualTo("%.2f".formatted(explanation(CAT).path("typicality").asDouble()));
        assertThat(page.one(".typicality .hint").getText()).contains("Of the images that it knows");
        assertThat(page.all(".curve polygon.band")).hasSize(1);
        assertThat(page.one(".rates .band .number").getText()).matches("\\d+\\.\\d – \\d+\\.\\d");
        page.one(".panel .close").click();
        page.explain(Files.write(directory.resolve("blank.png"), Pictures.green()), 1);
        page.until(() ->
                assertThat(page.one(".typicality .hint").getText()).contains("Unlike the images"));
    }

    @Test
    void theSliderOverTheLayersChangesTheOverlayAndTheNumbers() {
        page.explain(CAT, 1);
        List<Object> overlays = new ArrayList<>();
        List<String> rates = new ArrayList<>();
        for (int layer = 0; layer < 4; layer++) {
            page.slide("layer", layer);
            overlays.add(page.overlay(0));
            rates.add(page.one(".rates .R_c_variational .number").getText());
            assertThat(page.texts(".through li.chosen .label")).containsExactly("Layer " + layer);
        }
        assertThat(overlays).doesNotHaveDuplicates();
        assertThat(rates).doesNotHaveDuplicates();
    }

    @Test
    void aGroupThatIsSwitchedOffLeavesItsPatches() {
        page.explain(CAT, 1);
        Object before = page.overlay(0);
        List<WebElement> groups = page.all(".groups button");
        assertThat(groups).hasSize(4);
        groups.get(1).click();
        assertThat(groups.get(1).getDomAttribute("aria-pressed")).isEqualTo("false");
        assertThat(page.overlay(0)).isNotEqualTo(before);
        groups.get(1).click();
        assertThat(page.overlay(0)).isEqualTo(before);
    }

    @Test
    void everyViewShowsSomethingElse() {
        page.explain(CAT, 1);
        List<Object> overlays = new ArrayList<>();
        for (String view : List.of("strongest", "shares", "one", "class")) {
            page.view(view);
            overlays.add(page.overlay(0));
            assertThat(page.one("#view-meaning").getText()).isNotBlank();
        }
        page.slide("strength", 0);
        overlays.add(page.overlay(0));
        page.one("#pixels").click();
        overlays.add(page.overlay(0));
        assertThat(overlays).doesNotHaveDuplicates();
    }

    @Test
    void theLargestMembershipHasTheUpperEndOfThePalette() throws IOException {
        page.explain(CAT, 1);
        page.view("one");
        page.slide("strength", 100);
        int layer = -1;
        int token = -1;
        double largest = 0;
        JsonNode layers = explanation(CAT).path("explanation").path("layers");
        for (int l = 0; l < layers.size(); l++) {
            JsonNode map = layers.path(l).path("membership").path(0);
            for (int j = 0; j < map.size(); j++) {
                if (map.path(j).asDouble() > largest) {
                    largest = map.path(j).asDouble();
                    layer = l;
                    token = j;
                }
            }
        }
        page.slide("layer", layer);
        assertThat(page.patchColour(token / 8, token % 8, 8, 8)).containsExactly(253L, 231L, 37L);
        assertThat(page.one(".scale .end").getText()).isEqualTo("%.2f".formatted(largest));
    }

    @Test
    void aPatchUnderThePointerShowsItsMembershipsThroughTheLayers() throws IOException {
        page.explain(CAT, 1);
        Object before = page.overlay(0);
        WebElement canvas = page.one(".stage canvas");
        Rectangle box = canvas.getRect();
        int row = 2;
        int column = 5;
        new Actions(browser.driver())
                .moveToElement(
                        canvas,
                        (int) ((column + 0.5) / 8 * box.width) - box.width / 2,
                        (int) ((row + 0.5) / 8 * box.height) - box.height / 2)
                .perform();
        assertThat(page.one(".of-what").getText()).isEqualTo("Patch in row 2, column 5");
        assertThat(page.overlay(0)).isNotEqualTo(before);
        JsonNode layers = explanation(CAT).path("explanation").path("layers");
        for (int layer = 0; layer < 4; layer++) {
            List<String> titles = new ArrayList<>();
            for (int group = 0; group < 4; group++) {
                double share =
                        layers.path(layer)
                                .path("membership")
                                .path(group)
                                .path(row * 8 + column)
                                .asDouble();
                titles.add("Group %d: %.1f\u00a0%%".formatted(group, 100 * share));
            }
            assertThat(page.all(".through li:nth-child(%d) .stack i".formatted(layer + 1)))
                    .extracting(part -> part.getDomAttribute("title"))
                    .containsExactlyElementsOf(titles);
        }
        new Actions(browser.driver()).moveToElement(page.one("h2")).perform();
        assertThat(page.one(".of-what").getText()).isEqualTo("Mean over all patches");
        assertThat(page.overlay(0)).isEqualTo(before);
    }

    @Test
    void twoImagesStandSideBySideUnderOneSlider() {
        page.explain(CAT, 1);
        page.one("#compare").click();
        page.explain(ROCKET, 2);
        List<WebElement> panels = page.all(".panel");
        assertThat(panels.get(1).getRect().x)
                .isGreaterThanOrEqualTo(panels.get(0).getRect().x + panels.get(0).getRect().width);
        assertThat(panels.get(1).getRect().y).isEqualTo(panels.get(0).getRect().y);
        Object first = page.overlay(0);
        Object second = page.overlay(1);
        page.slide("layer", 0);
        assertThat(page.overlay(0)).isNotEqualTo(first);
        assertThat(page.overlay(1)).isNotEqualTo(second);
        page.all(".panel .close").getFirst().click();
        assertThat(page.texts(".panel h2")).containsExactly("rocket.jpg");
        page.one(".panel .close").click();
        assertThat(page.one("h1").isDisplayed()).isTrue();
    }

    @Test
    void anImageCanBeDroppedAndPasted() throws IOException {
        String give =
                """
                const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0));
                const given = new DataTransfer();
                given.items.add(new File([bytes], arguments[1]));
                const event = arguments[2] === 'drop'
                  ? new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true })
                  : new ClipboardEvent('paste', { clipboardData: given, bubbles: true });
                document.querySelector('.call, .panel').dispatchEvent(event);
                return true;
                """;
        String rocket = Base64.getEncoder().encodeToString(Files.readAllBytes(ROCKET));
        page.script(give, rocket, "dropped.jpg", "drop");
        page.explained(1);
        assertThat(page.one("h2").getText()).isEqualTo("dropped.jpg");
        page.script(give, rocket, "pasted.jpg", "paste");
        page.until(() -> assertThat(page.one("h2").getText()).isEqualTo("pasted.jpg"));
    }

    @Test
    void whatWasSeenCanBeTakenAlong() throws IOException {
        browser.downloadTo(directory);
        page.explain(CAT, 1);
        for (String format : List.of("png", "npz", "json")) {
            page.one("[data-format=" + format + "]").click();
            Path file = directory.resolve("chelsea." + format);
            page.until(() -> assertThat(file).isNotEmptyFile());
        }
        assertThat(Files.readAllBytes(directory.resolve("chelsea.png")))
                .startsWith(0x89, 'P', 'N', 'G');
        assertThat(entries(directory.resolve("chelsea.npz"))).contains("membership.npy");
        JsonNode saved = JsonMapper.shared().readTree(directory.resolve("chelsea.json").toFile());
        assertThat(saved).isEqualTo(explanation(CAT));
    }

    private static List<String> entries(Path zip) throws IOException {
        List<String> names = new ArrayList<>();
        try (InputStream file = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(file)) {
            for (ZipEntry e = entries.getNextEntry(); e != null; e = entries.getNextEntry()) {
                names.add(e.getName());
            }
        }
        return names;
    }

    @Test
    void theCommandAsksForTheSame() throws IOException {
        page.explain(CAT, 1);
        String command = page.one("code").getText();
        String prefix = "curl --data-binary @chelsea.png '" + page.address();
        assertThat(command).startsWith(prefix + "v1/explain?").endsWith("'");
        String path = command.substring(prefix.length() - 1, command.length() - 1);
        assertThat(
                        caller.post(
                                        path,
                                        "application/x-www-form-urlencoded",
                                        Files.readAllBytes(CAT))
                                .json())
                .isEqualTo(explanation(CAT));
    }
}
