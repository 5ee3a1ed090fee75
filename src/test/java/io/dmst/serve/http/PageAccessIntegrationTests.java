package io.dmst.serve.http;

import static io.dmst.serve.http.ExplainPage.CAT;
import static io.dmst.serve.http.ExplainPage.ROCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.DmstApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page on every screen, with every hand, and when something goes wrong. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = DmstApplication.class,
        properties = {"management.server.port=0", "dmst.image.max-size=300KB"})
class PageAccessIntegrationTests {

    private static Browser browser;

    private final int port;

    @TempDir private Path directory;

    PageAccessIntegrationTests(@LocalServerPort int port) {
        this.port = port;
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

    private ExplainPage desktop() {
        browser.desktop(1280, 900);
        return ExplainPage.load(browser, port);
    }

    @Test
    void aFileThatIsNoImageIsRefusedInWordsAndTheNextOneIsTaken() throws IOException {
        ExplainPage page = desktop();
        page.choose(Files.writeString(directory.resolve("notes.jpg"), "Dear diary"));
        page.until(() -> assertThat(page.one("#message").isDisplayed()).isTrue());
        assertThat(page.one("#message").getAriaRole()).isEqualTo("alert");
        assertThat(page.one("#message p").getText())
                .contains("JPEG", "(request ")
                .doesNotContain("{", "undefined");
        assertThat(page.all(".panel")).isEmpty();
        page.explain(CAT, 1);
        assertThat(page.one("#message").isDisplayed()).isFalse();
    }

    @Test
    void anImageStaysWhenItsReplacementIsRefused() throws IOException {
        ExplainPage page = desktop().explain(CAT, 1);
        Object before = page.overlay(0);
        page.one(".replace").click();
        Path large = Files.write(directory.resolve("large.bmp"), new byte[400_000]);
        page.one("input[type=file]").sendKeys(large.toString());
        page.until(() -> assertThat(page.one("#message p").getText()).contains("307200 bytes"));
        assertThat(page.overlay(0)).isEqualTo(before);
        page.one("#message button").click();
        assertThat(page.one("#message").isDisplayed()).isFalse();
    }

    @Test
    void theKeyboardAloneIsEnough() {
        ExplainPage page = desktop();
        press(page, "[data-sample]", Keys.ENTER);
        page.explained(1);
        Object before = page.overlay(0);
        press(page, "#layer", Keys.ARROW_LEFT);
        assertThat(page.one("#layer-name").getText()).isEqualTo("2 / 3");
        assertThat(page.overlay(0)).isNotEqualTo(before);
        press(page, "[name=view]:checked", Keys.ARROW_RIGHT);
        assertThat(page.one("[name=view]:checked").getDomAttribute("value")).isEqualTo("shares");
        press(page, ".groups button", Keys.SPACE);
        assertThat(page.one(".groups button").getDomAttribute("aria-pressed")).isEqualTo("false");
        press(page, ".stage", Keys.ARROW_DOWN);
        assertThat(page.one(".of-what").getText()).isEqualTo("Patch in row 4, column 4");
        new Actions(browser.driver()).sendKeys(Keys.ARROW_RIGHT).perform();
        assertThat(page.one("#status").getDomProperty("textContent"))
                .startsWith("Patch in row 4, column 5, layer 2: group 0: ");
        new Actions(browser.driver()).sendKeys(Keys.ESCAPE).perform();
        assertThat(page.one(".of-what").getText()).isEqualTo("Mean over all patches");
    }

    /** Goes on with the tabulator until an element has the focus, and presses a key there. */
    private static void press(ExplainPage page, String css, Keys key) {
        WebElement wanted = page.one(css);
        page.script("document.activeElement.blur(); return true");
        for (int i = 0; i < 60; i++) {
            if (browser.driver().switchTo().activeElement().equals(wanted)) {
                new Actions(browser.driver()).sendKeys(key).perform();
                return;
            }
            new Actions(browser.driver()).sendKeys(Keys.TAB).perform();
        }
        throw new AssertionError("the tabulator does not lead to " + css);
    }

    @Test
    void everythingThatCanBeUsedHasAName() {
        ExplainPage page = desktop().explain(CAT, 1);
        List<WebElement> controls =
                page.all("button, input, select, a, summary, [tabindex]").stream()
                        .filter(WebElement::isDisplayed)
                        .toList();
        assertThat(controls).hasSizeGreaterThan(15);
        assertThat(controls)
                .allSatisfy(control ->
                        assertThat(control.getAccessibleName())
                                .as(control.getDomProperty("outerHTML"))
                                .isNotBlank());
    }

    @Test
    void aTelephoneNeedsNoScrollingSidewaysAndAFingerIsEnough() {
        for (int width : List.of(320, 390)) {
            browser.phone(width, 844);
            ExplainPage page = ExplainPage.load(browser, port);
            assertThat(page.one(".photograph").isDisplayed()).isTrue();
            assertThat(page.wide()).as("empty, %d pixels", width).isFalse();
            page.explain(CAT, 1);
            assertThat(page.wide()).as("explained, %d pixels", width).isFalse();
            page.script("document.querySelector('.stage').scrollIntoView(); return true");
            touchPatch(page, 6, 1);
            assertThat(page.one(".of-what").getText()).isEqualTo("Patch in row 6, column 1");
            page.one("#compare").click();
            page.explain(ROCKET, 2);
            assertThat(page.wide()).as("compared, %d pixels", width).isFalse();
        }
    }

    private static void touchPatch(ExplainPage page, int row, int column) {
        List<?> box =
                (List<?>)
                        page.script(
                                "const b = document.querySelector('.stage').getBoundingClientRect();"
                                        + "return [b.x, b.y, b.width, b.height]");
        List<Double> at = box.stream().map(number -> ((Number) number).doubleValue()).toList();
        browser.touch(
                at.get(0) + (column + 0.5) / 8 * at.get(2),
                at.get(1) + (row + 0.5) / 8 * at.get(3));
    }

    @Test
    void theCameraIsAskedForWhereAFingerIs() {
        browser.phone(390, 844);
        ExplainPage page = ExplainPage.load(browser, port);
        page.one(".photograph").click();
        assertThat(page.one("input[type=file]").getDomAttribute("capture"))
                .isEqualTo("environment");
        assertThat(desktop().one(".photograph").isDisplayed()).isFalse();
    }

    @Test
    void inTheDarkThePageIsDark() {
        ExplainPage page = desktop().explain(CAT, 1);
        double light = brightness(page, "backgroundColor");
        double ink = brightness(page, "color");
        browser.dark(true);
        assertThat(light).isGreaterThan(200);
        assertThat(brightness(page, "backgroundColor")).isLessThan(50);
        assertThat(ink).isLessThan(60);
        assertThat(brightness(page, "color")).isGreaterThan(200);
    }

    private static double brightness(ExplainPage page, String property) {
        Object mean =
                page.script(
                        "return getComputedStyle(document.body)[arguments[0]].match(/\\d+/g)"
                                + ".slice(0, 3).reduce((a, b) => a + +b, 0) / 3",
                        property);
        return ((Number) mean).doubleValue();
    }

    @Test
    void picturesForTheDocumentsAreTakenOnRequest() {
        String wanted = System.getProperty("page.pictures");
        Assumptions.assumeTrue(
                wanted != null, "-Dpage.pictures=docs/images takes the documents' pictures anew");
        Path pictures = Path.of(wanted);
        ExplainPage page = desktop().explain(CAT, 1);
        browser.picture(pictures.resolve("page.png"));
        browser.dark(true);
        page.view("one");
        page.one(".groups button:nth-child(2)").click();
        browser.picture(pictures.resolve("page-dark.png"));
        browser.desktop(1440, 900);
        page.view("shares");
        page.one("#compare").click();
        page.explain(ROCKET, 2);
        browser.picture(pictures.resolve("page-two.png"));
        browser.phone(390, 844);
        ExplainPage.load(browser, port).explain(CAT, 1);
        browser.picture(pictures.resolve("page-phone.png"));
    }
}
