package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of a folder whose targets a table tells: each keeps its own through sorting, parting and skipping. */
class FileTargetsTest {
    private static final int COUNT = 20;

    private PictureFolder pictures;

    @BeforeEach
    void makeFolder(@TempDir Path folder) throws IOException {
        pictures = new PictureFolder(folder);
        for (int i = 0; i < COUNT; i++) {
            pictures.with(name(i), 6, 4, i * 0x0a0000);
        }
    }

    private static String name(int picture) {
        return (picture % 2 == 0 ? "even/" : "") + picture + ".png";
    }

    /** The pictures in another order than that of their names; the number of each is its red. */
    private static FileTargets reds() {
        List<Integer> order = new ArrayList<>(IntStream.range(0, COUNT).boxed().toList());
        Collections.shuffle(order, new Random(3));
        return new FileTargets(
                order.stream().map(FileTargetsTest::name).toList(),
                Targets.ofRegression(
                        List.of("red"),
                        order.stream().map(i -> new float[] {10 * i}).toArray(float[][]::new)));
    }

    private ImageFolder folder(FileTargets targets) {
        return ImageFolder.of(pictures.path()).seed(1).targets(targets);
    }

    private static void assertOwnTargets(ImageDataset data) {
        for (int i = 0; i < data.size(); i++) {
            assertEquals(
                    Byte.toUnsignedInt(data.pixels(i).get(ValueLayout.JAVA_BYTE, 0)),
                    data.targets().row(i)[0],
                    "picture " + i + " of " + data);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyPictureKeepsItsNumber(boolean streamed) throws IOException {
        pictures.with("unlisted.png", 6, 4, 0);
        try (DataSplit data = folder(reds()).validation(0.25).streamed(streamed).read()) {
            assertEquals(
                    List.of(12, 4, 4),
                    data.parts().stream().map(ImageDataset::size).toList());
            data.parts().forEach(FileTargetsTest::assertOwnTargets);
            try (TestPictures test = folder(reds())
                    .seed(9)
                    .streamed(streamed)
                    .readTest(data.train().provenance())) {
                assertTrue(test.kept());
                assertEquals(data.test().fingerprint(), test.pictures().fingerprint());
            }
        }
    }

    @Test
    void whatIsMissingOrNoPictureIsListedOrSkipped() throws IOException {
        pictures.with(name(3), "text");
        FileTargets table = reds();
        List<String> files = new ArrayList<>(table.files());
        files.set(files.indexOf(name(4)), "nowhere.png");
        FileTargets wrong = new FileTargets(files, table.targets());
        BadFileException e =
                assertThrows(BadFileException.class, () -> folder(wrong).read().close());
        assertTrue(
                e.getMessage().contains("2 of 20 pictures cannot be read")
                        && e.getMessage().contains("3.png")
                        && e.getMessage().contains("nowhere.png: there is no such file"),
                e.getMessage());
        try (DataSplit data = folder(wrong).skipsBad(true).read()) {
            assertEquals(18, data.train().size() + data.test().size());
            data.parts().forEach(FileTargetsTest::assertOwnTargets);
        }
    }

    @Test
    void filesInFoldersForPartsAreInTheseParts() throws IOException {
        for (int i = 0; i < 6; i++) {
            pictures.with("train/" + i + ".png", 6, 4, 0).with("test/" + i + ".png", 6, 4, 0);
        }
        List<String> files = IntStream.range(0, 9)
                .mapToObj(i -> (i < 6 ? "train/" : "test/") + i % 6 + ".png")
                .toList();
        try (DataSplit data = folder(new FileTargets(files, Targets.ofMultiLabels(List.of("x"), new float[9][1])))
                .read()) {
            assertEquals(
                    List.of(6, 3), data.parts().stream().map(ImageDataset::size).toList());
        }
        // Where all are of one part, it is but a name.
        List<String> all = files.subList(0, 6);
        try (DataSplit data = folder(new FileTargets(all, Targets.ofMultiLabels(List.of("x"), new float[6][1])))
                .read()) {
            assertEquals(
                    List.of(5, 1), data.parts().stream().map(ImageDataset::size).toList());
        }
    }

    @Test
    void classesOfATableAreParted() throws IOException {
        FileTargets table = reds();
        int[] classes = table.files().stream()
                .mapToInt(file -> file.startsWith("even/") ? 1 : 0)
                .toArray();
        try (DataSplit data = folder(new FileTargets(table.files(), Targets.ofClasses(List.of("odd", "even"), classes)))
                .read()) {
            assertEquals(List.of("odd", "even"), data.train().classNames());
            assertEquals(
                    List.of(8, 8), IntStream.of(data.train().counts()).boxed().toList());
            assertEquals(
                    List.of(2, 2), IntStream.of(data.test().counts()).boxed().toList());
        }
    }

    @Test
    void rowsMustFitTheFiles() {
        Targets two = Targets.ofRegression(List.of(), new float[2][1]);
        for (List<String> files : List.of(List.<String>of(), List.of("a"), List.of("a", "a"))) {
            assertThrows(IllegalArgumentException.class, () -> new FileTargets(files, two), files.toString());
        }
    }
}
