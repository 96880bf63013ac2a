package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.PictureFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What README and the guide show compiles and runs, and where they point there is something. */
class GuideTest {
    private static final int README_WORDS = 700;

    /** Of Markdown: pictures and links, within the repository. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @TempDir
    private static Path directory;

    @TestFactory
    Stream<DynamicContainer> everyBlockOfCodeRuns() throws IOException {
        return Page.all().stream()
                .map(page -> DynamicContainer.dynamicContainer(
                        page.toString(),
                        page.blocks().stream()
                                .map(block -> DynamicTest.dynamicTest(
                                        "line " + block.line() + ", " + block.language(), () -> run(page, block)))));
    }

    private static void run(Page page, Page.Block block) throws Exception {
        Path own = Files.createDirectories(directory.resolve(page.file().getFileName()));
        switch (block.language()) {
            case "java" -> JavaBlock.run(block, Files.createTempDirectory(own, "java"));
            case "sh" -> {
                pictures(own.resolve("my-pictures"));
                CommandBlock.run(block, own);
            }
            // Shown, not run: what a program prints, a drawing, a build file that the consumer tests resolve.
            case "text", "xml", "groovy" -> {}
            default -> throw new AssertionError("no language that this test knows: " + block.language());
        }
    }

    /** Twelve pictures of each of two kinds, and one to ask about. */
    private static void pictures(Path folder) throws IOException {
        if (Files.exists(folder)) {
            return;
        }
        PictureFolder pictures = new PictureFolder(folder);
        Random random = new Random(7);
        for (int i = 0; i < 12; i++) {
            pictures.with("cat/" + i + ".png", 32, 32, (60 + random.nextInt(60)) * 0x10000);
            pictures.with("dog/" + i + ".png", 32, 32, 60 + random.nextInt(60));
        }
        Files.copy(folder.resolve("cat/0.png"), folder.resolveSibling("cat.png"));
    }

    /** A block that is indented instead of fenced would not be run. */
    @Test
    void codeStandsInFences() throws IOException {
        for (Page page : Page.all()) {
            String rest = page.text().replaceAll("(?s)```.*?```", "").replaceAll("(?s)<!--.*?-->", "");
            assertEquals(
                    List.of(),
                    rest.lines()
                            .filter(l -> l.startsWith("    ") && !l.isBlank())
                            .toList(),
                    page + ": indented code");
        }
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        for (Page page : Page.all()) {
            Matcher link = LINK.matcher(page.text().replaceAll("(?s)```.*?```", ""));
            while (link.find()) {
                String target = link.group(1);
                Path beside = page.file().toAbsolutePath().getParent();
                // The guide's pages are Markdown here and HTML when built; the examples are copied beside them then.
                boolean there = Stream.of(
                                beside.resolve(target.replaceFirst("\\.html$", ".md")),
                                beside.resolveSibling("resources").resolve(target),
                                beside.resolveSibling("../" + target))
                        .anyMatch(Files::exists);
                assertTrue(there, page + " points at " + target);
            }
        }
    }

    @Test
    void readmeIsShort() throws IOException {
        String readme = Files.readString(Page.root().resolve("README.md"));
        int words = readme.replaceAll("(?s)```.*?```", "").split("\\s+").length;
        assertTrue(words <= README_WORDS, "README has " + words + " words, of at most " + README_WORDS);
    }

    @Test
    void theFirstProgramOfReadmeIsTheExample() throws IOException {
        String example = Files.readString(Page.root().resolve("src/example/FirstClassifier.java"));
        String shown = Page.all().getFirst().blocks().stream()
                .filter(b -> b.language().equals("java"))
                .findFirst()
                .orElseThrow()
                .text();
        assertTrue(
                example.replaceAll("\\s+", "").contains(shown.replaceAll("\\s+", "")),
                "README's first program is not that of src/example/FirstClassifier.java");
    }
}
