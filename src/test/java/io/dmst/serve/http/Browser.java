package io.dmst.serve.http;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.json.JsonMapper;

/** The system's own Chromium without a window; nothing is downloaded for it. */
final class Browser implements AutoCloseable {

    private static final List<String> ARGUMENTS =
            List.of(
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--hide-scrollbars",
                    "--no-first-run",
                    "--lang=en");

    private final Path profile;
    private final ChromeDriver driver;

    private Browser(File chromium, File chromedriver) throws IOException {
        profile = Files.createTempDirectory("chromium");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options =
                new ChromeOptions()
                        .setBinary(chromium)
                        .addArguments(ARGUMENTS)
                        .addArguments("--user-data-dir=" + profile);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        driver =
                new ChromeDriver(
                        new ChromeDriverService.Builder()
                                .usingDriverExecutable(chromedriver)
                                .usingAnyFreePort()
                                .withSilent(true)
                                .build(),
                        options);
    }

    /** Opens the browser; the test is skipped where there is none. */
    static Browser open() throws IOException {
        Optional<File> chromium = program("chromium");
        Optional<File> chromedriver = program("chromedriver");
        boolean found = chromium.isPresent() && chromedriver.isPresent();
        if (!found) {
            System.out.println("skipped: no chromium and chromedriver on the PATH");
        }
        Assumptions.assumeTrue(found, "no chromium and chromedriver on the PATH");
        return new Browser(chromium.orElseThrow(), chromedriver.orElseThrow());
    }

    private static Optional<File> program(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .map(directory -> new File(directory, name))
                .filter(File::canExecute)
                .findFirst();
    }

    ChromeDriver driver() {
        return driver;
    }

    /** A window without touch, of a light desktop. */
    void desktop(int width, int height) {
        window(width, height, 1, false);
        dark(false);
    }

    /** A telephone that is touched. */
    void phone(int width, int height) {
        window(width, height, 2, true);
        dark(false);
    }

    private void window(int width, int height, int scale, boolean mobile) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        scale,
                        "mobile",
                        mobile));
        driver.executeCdpCommand("Emulation.setTouchEmulationEnabled", Map.of("enabled", mobile));
    }

    void dark(boolean dark) {
        Map<String, String> scheme =
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
    }

    void downloadTo(Path directory) {
        driver.executeCdpCommand(
                "Browser.setDownloadBehavior",
                Map.of("behavior", "allow", "downloadPath", directory.toString()));
    }

    /** A finger on a place of the window. */
    void touch(double x, double y) {
        List<Map<String, Object>> finger = List.of(Map.of("x", x, "y", y));
        driver.executeCdpCommand(
                "Input.dispatchTouchEvent", Map.of("type", "touchStart", "touchPoints", finger));
        driver.executeCdpCommand(
                "Input.dispatchTouchEvent", Map.of("type", "touchEnd", "touchPoints", List.of()));
    }

    /** Writes a picture of the whole page. */
    void picture(Path file) {
        List<?> size =
                (List<?>)
                        Objects.requireNonNull(
                                driver.executeScript(
                                        "const r = document.documentElement;"
                                                + "return [r.clientWidth, r.scrollHeight]"));
        Map<String, Object> clip =
                Map.of("x", 0, "y", 0, "width", size.get(0), "height", size.get(1), "scale", 1);
        Map<String, Object> shot =
                driver.executeCdpCommand(
                        "Page.captureScreenshot",
                        Map.of("captureBeyondViewport", true, "clip", clip));
        try {
            Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the console said since the last time, of warnings and errors. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** The addresses that a page has asked for since the last time. */
    List<String> requests(String page) {
        return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
                .map(entry -> JsonMapper.shared().readTree(entry.getMessage()).path("message"))
                .filter(event ->
                        event.path("method").asString().equals("Network.requestWillBeSent"))
                .map(event -> event.path("params"))
                .filter(asked -> asked.path("documentURL").asString().equals(page))
                .map(asked -> asked.path("request").path("url").asString())
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
        try {
            FileSystemUtils.deleteRecursively(profile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
