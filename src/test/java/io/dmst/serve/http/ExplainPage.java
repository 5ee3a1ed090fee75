package io.dmst.serve.http;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.core.ThrowingRunnable;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page as somebody uses it. */
record ExplainPage(Browser browser, int port) {

    static final Path CAT = Path.of("src/test/resources/image/chelsea.png");
    static final Path ROCKET = Path.of("src/test/resources/image/rocket.jpg");

    /** Loads it anew. */
    static ExplainPage load(Browser browser, int port) {
        ExplainPage page = new ExplainPage(browser, port);
        browser.driver().get(page.address());
        page.until(() -> page.one("#card summary"));
        return page;
    }

    String address() {
        return "http://localhost:" + port + "/";
    }

    WebElement one(String css) {
        return browser.driver().findElement(By.cssSelector(css));
    }

    List<WebElement> all(String css) {
        return browser.driver().findElements(By.cssSelector(css));
    }

    List<String> texts(String css) {
        return all(css).stream().map(WebElement::getText).toList();
    }

    Object script(String script, Object... arguments) {
        return Objects.requireNonNull(
                browser.driver().executeScript(script, arguments), "the script returned nothing");
    }

    void until(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    /** Chooses a file by the visible place's button. */
    void choose(Path file) {
        one(".choose").click();
        one("input[type=file]").sendKeys(file.toAbsolutePath().toString());
    }

    /** Chooses a file and waits until there are so many images. */
    ExplainPage explain(Path file, int images) {
        choose(file);
        return explained(images);
    }

    ExplainPage explained(int images) {
        until(() -> {
            if (all(".panel .predictions li").size() < 5 * images) {
                throw new AssertionError("not yet: " + texts("#message"));
            }
        });
        return this;
    }

    void view(String name) {
        one("[name=view][value=" + name + "]").sendKeys(" ");
    }

    /** Moves a slider. */
    void slide(String id, int value) {
        script(
                "const s = document.getElementById(arguments[0]); s.value = arguments[1];"
                        + "s.dispatchEvent(new Event('input', {bubbles: true})); return true",
                id,
                value);
    }

    /** What an image's canvas shows, to compare. */
    Object overlay(int image) {
        return script(
                "return document.querySelectorAll('.stage canvas')[arguments[0]].toDataURL()",
                image);
    }

    /** Red, green and blue in the middle of a patch of the first image. */
    List<Long> patchColour(int row, int column, int rows, int columns) {
        List<?> rgb =
                (List<?>)
                        script(
                                "const c = document.querySelector('.stage canvas'), [r, k, m, n] ="
                                        + " arguments;return Array.from(c.getContext('2d').getImageData((k"
                                        + " + .5) * c.width / n, (r + .5) * c.height / m, 1,"
                                        + " 1).data.slice(0, 3))",
                                row,
                                column,
                                rows,
                                columns);
        return rgb.stream().map(value -> (Long) value).toList();
    }

    /** Whether something can be scrolled sideways. */
    boolean wide() {
        return (Boolean) script("return document.documentElement.scrollWidth > innerWidth");
    }
}
