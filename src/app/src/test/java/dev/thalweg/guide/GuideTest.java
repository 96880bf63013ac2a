package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.cli.KerasModels;
import dev.thalweg.data.PictureFolder;
import dev.thalweg.format.Safetensors;
import dev.thalweg.interop.torch.NamingSchemes;
import dev.thalweg.model.Networks;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/**
 * What README and the guide show compiles and runs. Build files are given to Maven and Gradle by the consumers' tests.
 */
class GuideTest {
    private static final int README_WORDS = 700;

    @TempDir
    private static Path directory;

    @TestFactory
    Stream<DynamicContainer> everyBlockOfCodeRuns() throws IOException {
        return Page.all().stream()
                .map(page -> DynamicContainer.dynamicContainer(page.toString(), Stream.concat(java(page), rest(page))));
    }

    private static Stream<DynamicTest> java(Page page) {
        return JavaPage.has(page)
                ? Stream.of(DynamicTest.dynamicTest("its Java", () -> JavaPage.run(page, own(page))))
                : Stream.empty();
    }

    private static Stream<DynamicTest> rest(Page page) {
        return page.blocks().stream()
                .filter(block -> !block.language().equals("java"))
                .map(block -> DynamicTest.dynamicTest(
                        "line " + block.line() + ", " + block.language(), () -> run(page, block)));
    }

    private static void run(Page page, Page.Block block) throws Exception {
        switch (block.language()) {
            case "sh" -> CommandBlock.run(block, own(page));
            case "xml" ->
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader("<some>" + block.text() + "</some>")));
            // Gradle alone can read the first; the second is a drawing; the third is a program of a consumer's test;
            // the fourth runs on a cluster, in a test of that; the last are ManifestsTest's.
            case "groovy", "text", "java service", "java spark", "yaml" -> {}
            default -> throw new AssertionError("no language that this test knows: \"" + block.language() + "\"");
        }
    }

    /** A folder for what a page runs, with twelve pictures of each of two kinds, and one to ask about. */
    private static Path own(Page page) throws IOException {
        Path own = directory.resolve(page.file().getFileName());
        if (Files.exists(own)) {
            return own;
        }
        PictureFolder pictures = new PictureFolder(own.resolve("my-pictures"));
        Random random = new Random(7);
        for (int i = 0; i < 12; i++) {
            pictures.with("cat/" + i + ".png", 32, 32, (60 + random.nextInt(60)) * 0x10000);
            pictures.with("dog/" + i + ".png", 32, 32, 60 + random.nextInt(60));
        }
        Files.copy(own.resolve("my-pictures/cat/0.png"), own.resolve("cat.png"));
        torchWeights(own.resolve("resnet20.safetensors"));
        KerasModels.write(own.resolve("digits.h5"));
        Files.writeString(
                own.resolve("my-labels.csv"),
                IntStream.range(0, 12)
                        .mapToObj(i -> "cat/" + i + ".png,red;cat\ndog/" + i + ".png,blue\n")
                        .collect(Collectors.joining("", "file,labels\n", "")));
        return own;
    }

    /** Weights as untrained as they can be, by PyTorch's names. */
    private static void torchWeights(Path file) throws IOException {
        List<ParameterSpec> parameters =
                Networks.resnetCifar(Shape.of(3, 32, 32), 10, 20).parameters();
        List<String> names = NamingSchemes.best(parameters.size(), Set.of("linear.weight"));
        Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Shape shape = parameters.get(i).shape();
            tensors.put(names.get(i), new Safetensors.NamedTensor(shape, new float[Math.toIntExact(shape.elements())]));
        }
        new Safetensors(Map.of(), tensors).write(file);
    }

    /** A block that is indented instead of fenced would not be run. */
    @Test
    void codeStandsInFences() throws IOException {
        for (Page page : Page.all()) {
            List<String> indented = page.prose()
                    .lines()
                    .filter(line -> line.startsWith("    ") && !line.isBlank())
                    .toList();
            assertEquals(List.of(), indented, page + ": indented code");
        }
    }

    @Test
    void readmeIsShort() throws IOException {
        int words = Page.all().getFirst().prose().split("\\s+").length;
        assertTrue(words <= README_WORDS, "README has " + words + " words, of at most " + README_WORDS);
    }

    @Test
    void theFirstProgramOfReadmeIsTheExample() throws IOException {
        String example = Files.readString(Page.root().resolve("src/example/FirstClassifier.java"));
        String shown = Page.all().getFirst().blocks().stream()
                .filter(block -> block.language().equals("java"))
                .skip(1)
                .map(Page.Block::text)
                .collect(Collectors.joining());
        assertTrue(
                example.replaceAll("\\s+", "").contains(shown.replaceAll("\\s+", "")),
                "README's first program is not that of src/example/FirstClassifier.java");
    }
}
