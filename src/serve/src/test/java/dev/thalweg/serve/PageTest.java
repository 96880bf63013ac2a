package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a browser: by mouse, by keyboard, on a phone. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static InferenceServer server;
    private static ChromeDriver browser;

    private static Optional<Path> program(String... names) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(place -> Stream.of(names).map(Path.of(place)::resolve))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @BeforeAll
    static void open() throws IOException {
        Optional<Path> chromium = program("chromium", "chromium-browser", "google-chrome");
        Optional<Path> driver = program("chromedriver");
        assumeTrue(chromium.isPresent() && driver.isPresent(), "skipped: no chromium and chromedriver on the PATH");
        TestModels.write(directory.resolve("models/light/1/model.safetensors"), 4);
        TestModels.write(directory.resolve("models/other/3/model.safetensors"), -4);
        Files.writeString(directory.resolve("models/light/1/report.html"), "<h1>how it was trained</h1>");
        server = InferenceServer.of(directory.resolve("models")).port(0).start();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream");
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get().toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void load() {
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        browser.get(server.uri().toString());
        await(() -> !text("facts").isEmpty());
    }

    private static void await(BooleanSupplier condition) {
        new WebDriverWait(browser, PATIENCE).until(_ -> condition.getAsBoolean());
    }

    private static WebElement element(String id) {
        return browser.findElement(By.id(id));
    }

    private static String text(String id) {
        return element(id).getText();
    }

    private static void awaitAnswer(String best) {
        await(() -> text("status").equals("The model says: " + best + "."));
        List<WebElement> rows = element("classes").findElements(By.tagName("li"));
        assertEquals(2, rows.size());
        assertTrue(rows.getFirst().getText().startsWith(best), rows.getFirst().getText());
        double shown = Double.parseDouble(
                rows.getFirst().findElement(By.tagName("meter")).getDomProperty("value"));
        assertTrue(shown > 0.5 && shown <= 1, shown + "");
    }

    /** Drops a file as the mouse does, of bytes. */
    private static void drop(byte[] file) {
        browser.executeScript("""
                const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], "dropped.png", {type: "image/png"}));
                for (const kind of ["dragenter", "dragover", "drop"]) {
                    document.getElementById("drop").dispatchEvent(
                        new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
                }
                """, Base64.getEncoder().encodeToString(file));
    }

    private static boolean isShown(String picture) {
        return Boolean.TRUE.equals(browser.executeScript("return arguments[0].naturalWidth > 0", element(picture)));
    }

    @Test
    void aPictureThatIsDroppedIsAnswered() {
        drop(TestModels.png(240));
        awaitAnswer("light");
        assertTrue(element("heat-figure").isDisplayed());
        await(() -> isShown("picture") && isShown("heat"));
        element("explain").click();
        drop(TestModels.png(10));
        awaitAnswer("dark");
        assertFalse(element("heat-figure").isDisplayed());
    }

    @Test
    void aFileThatIsChosenIsAnsweredByTheModelThatIsChosen() throws IOException {
        Path file = Files.write(directory.resolve("night.png"), TestModels.png(10));
        element("file").sendKeys(file.toString());
        awaitAnswer("dark");
        new Select(element("model")).selectByVisibleText("other");
        await(() -> text("facts").contains("other"));
        assertFalse(element("answer").isDisplayed());
        assertFalse(element("report-row").isDisplayed());
        element("file").sendKeys(file.toString());
        awaitAnswer("light");
    }

    @Test
    void whatIsNoPictureIsTold() {
        drop(new byte[] {1, 2, 3});
        await(() -> text("status").contains("the picture"));
        assertEquals("wrong", element("status").getDomAttribute("class"));
        assertFalse(element("answer").isDisplayed());
    }

    @Test
    void theCardTellsTheModelAndItsReportIsALink() {
        assertTrue(text("facts").contains("8 × 8 pixels") && text("facts").contains("dark, light"), text("facts"));
        element("report").click();
        await(() -> browser.getPageSource().contains("how it was trained"));
    }

    /** Presses keys, whatever has the focus. */
    private static void press(CharSequence keys) {
        new Actions(browser).sendKeys(keys).perform();
    }

    @Test
    void theKeyboardIsEnough() {
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            press(Keys.TAB);
            reached.add(browser.switchTo().activeElement().getDomAttribute("id"));
        }
        assertEquals(List.of("model", "file", "camera"), reached);
        press(Keys.ENTER);
        // The camera of a test: it shows a picture of colours.
        await(() -> element("live").isDisplayed()
                && "shoot".equals(browser.switchTo().activeElement().getDomAttribute("id")));
        press(Keys.ENTER);
        await(() -> text("status").startsWith("The model says: "));
        assertFalse(element("live").isDisplayed());
        assertTrue(element("answer").isDisplayed());
    }

    @Test
    void aPhoneShowsAllOfIt() {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
        drop(TestModels.png(240));
        awaitAnswer("light");
        assertEquals(
                360L,
                browser.executeScript("return document.documentElement.scrollWidth"),
                "nothing is beyond its edge");
        for (String id : List.of("model", "camera")) {
            // What fingers hit (WCAG 2.2, target size, 44 pixels).
            assertTrue(element(id).getSize().getHeight() >= 44, id);
        }
    }

    @Test
    void nothingIsAskedOfOtherServers() {
        drop(TestModels.png(240));
        awaitAnswer("light");
        List<?> asked =
                (List<?>) browser.executeScript("return performance.getEntriesByType('resource').map(e => e.name)");
        assertFalse(asked.isEmpty());
        for (Object url : asked) {
            String text = url.toString();
            assertTrue(
                    text.startsWith(server.uri().toString()) || text.startsWith("blob:") || text.startsWith("data:"),
                    text);
        }
    }

    @Test
    void aServerThatWantsATokenIsGivenIt() throws IOException {
        try (InferenceServer closed = InferenceServer.of(directory.resolve("models"))
                .port(0)
                .token("secret")
                .start()) {
            browser.get(closed.uri().toString());
            await(() -> element("token-row").isDisplayed());
            element("token").sendKeys("secret");
            element("token-set").click();
            await(() -> text("facts").contains("light"));
            assertFalse(element("token-row").isDisplayed());
            drop(TestModels.png(240));
            awaitAnswer("light");
        }
    }
}
