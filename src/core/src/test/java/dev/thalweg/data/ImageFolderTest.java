package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {
    private PictureFolder pictures;

    @BeforeEach
    void makeFolder(@TempDir Path folder) {
        pictures = new PictureFolder(folder);
    }

    private ImageFolder folder() {
        return ImageFolder.of(pictures.path()).seed(1);
    }

    private void twoClasses() throws IOException {
        for (int i = 0; i < 10; i++) {
            pictures.with("red/" + i + ".png", 6, 4, 0xff0000 | i).with("blue/" + i + ".jpg", 6, 4, 0x0000ff);
        }
    }

    private static int red(ImageDataset data, int picture) {
        return Byte.toUnsignedInt(data.pixels(picture).get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void classesAreFoldersInAlphabeticalOrder() throws IOException {
        twoClasses();
        try (DataSplit data = folder().read()) {
            assertEquals(List.of("blue", "red"), data.train().classNames());
            assertEquals(Shape.of(3, 4, 6), data.train().imageShape());
            assertArrayEquals(new int[] {8, 8}, data.train().counts());
            assertArrayEquals(new int[] {2, 2}, data.test().counts());
            for (int i = 0; i < data.test().size(); i++) {
                assertTrue(data.test()
                        .file(i)
                        .orElseThrow()
                        .matches(data.test().label(i) == 1 ? "red/\\d\\.png" : "blue/\\d\\.jpg"));
                // JPEG does not keep colours exactly.
                assertTrue(
                        data.test().label(i) == 1 ? red(data.test(), i) > 250 : red(data.test(), i) < 5,
                        "picture " + i + " has red " + red(data.test(), i));
            }
        }
    }

    @Test
    void streamedPicturesAreTheSame() throws IOException {
        twoClasses();
        long before = MemoryOwner.liveBytes();
        ImageFolder folder = folder().imageShape(Shape.of(3, 8, 8)).validation(0.2);
        try (DataSplit streamed = folder.streamed(true).read()) {
            assertEquals(before, MemoryOwner.liveBytes(), "nothing is held");
            try (DataSplit held = folder.read()) {
                for (int part = 0; part < 3; part++) {
                    ImageDataset one = held.parts().get(part);
                    ImageDataset other = streamed.parts().get(part);
                    assertEquals(one.size(), other.size());
                    for (int i = 0; i < one.size(); i++) {
                        assertEquals(-1, one.pixels(i).mismatch(other.pixels(i)));
                        assertEquals(one.label(i), other.label(i));
                        assertEquals(one.file(i), other.file(i));
                    }
                }
            }
            assertEquals(before, MemoryOwner.liveBytes(), "the parts share their pictures, and all are freed");
            Files.writeString(pictures.path().resolve("red/0.png"), "no longer a picture");
            IOException refusal = assertThrows(UncheckedIOException.class, () -> {
                        for (ImageDataset part : streamed.parts()) {
                            for (int i = 0; i < part.size(); i++) {
                                part.pixels(i);
                            }
                        }
                    })
                    .getCause();
            String message = assertInstanceOf(BadFileException.class, refusal).getMessage();
            assertTrue(message.contains("0.png"), message);
        }
    }

    @Test
    void aPartLivesLongerThanItsDataSet() {
        long before = MemoryOwner.liveBytes();
        ImageDataset all = ImageDataset.of(
                "numbered",
                Shape.of(1, 1, 1),
                List.of("x", "y"),
                new int[] {0, 1, 0},
                (i, target) -> target.set(0, (byte) i));
        try (ImageDataset part = all.select(2, 1).share();
                ImageDataset renamed = part.withClasses(List.of("w", "y", "x"))) {
            all.close();
            all.close();
            assertThrows(IllegalStateException.class, () -> all.pixels(0));
            assertEquals(2, red(part, 0));
            assertEquals(2, renamed.label(0));
            assertEquals(1, renamed.label(1));
            assertThrows(IllegalArgumentException.class, () -> part.withClasses(List.of("x", "z")));
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void aStratifiedSplitKeepsEachClassShare() {
        int[] labels = new int[120];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i < 100 ? 0 : i < 119 ? 1 : 2;
        }
        try (ImageDataset all = ImageDataset.of(
                        "numbered",
                        Shape.of(1, 1, 1),
                        List.of("many", "few", "one"),
                        labels,
                        (i, target) -> target.set(0, (byte) i));
                DataSplit split = DataSplit.of(all, 0.2, 3);
                DataSplit again = DataSplit.of(all, 0.2, 3)) {
            int[] counts = new int[3];
            Set<Byte> seen = new HashSet<>();
            for (int i = 0; i < split.test().size(); i++) {
                counts[split.test().label(i)]++;
                seen.add(split.test().pixels(i).get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(-1, split.test().pixels(i).mismatch(again.test().pixels(i)));
            }
            assertArrayEquals(new int[] {20, 4, 0}, counts);
            for (int i = 0; i < split.train().size(); i++) {
                assertTrue(seen.add(split.train().pixels(i).get(ValueLayout.JAVA_BYTE, 0)), "in one part alone");
            }
            assertEquals(120, seen.size());
            assertThrows(IllegalArgumentException.class, () -> DataSplit.of(all, 1, 3));
        }
    }

    @Test
    void theSameSeedKeepsTheSamePicturesForTheTest() throws IOException {
        twoClasses();
        try (DataSplit first = folder().seed(5).read();
                DataSplit second = folder().seed(5).read();
                DataSplit other = folder().seed(6).read()) {
            assertEquals(first.test().fingerprint(), second.test().fingerprint());
            assertTrue(!first.test().fingerprint().equals(other.test().fingerprint()), "another seed, another test");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"val", "valid", "validation"})
    void partsAreTakenAsTheyAre(String validation) throws IOException {
        pictures.withClass("train/a", 1, 0)
                .withClass("train/b", 2, 0)
                .withClass("test/a", 1, 0)
                .withClass("test/b", 1, 0)
                .withClass(validation + "/a", 3, 0)
                .withClass(validation + "/b", 1, 0)
                .withClass("more/a", 1, 0);
        try (DataSplit data = folder().validation(0.5).read()) {
            assertArrayEquals(new int[] {1, 2}, data.train().counts());
            assertArrayEquals(new int[] {3, 1}, data.validation().orElseThrow().counts());
            assertArrayEquals(new int[] {1, 1}, data.test().counts());
            assertTrue(
                    data.reading().passedOver().getFirst().startsWith("more: "),
                    data.reading().toString());
        }
        pictures.withClass("val/a", 1, 0).withClass("valid/a", 1, 0);
        bad("expected one sub-folder to validate with");
    }

    @Test
    void withoutATestFolderAFifthIsKeptForTheTest() throws IOException {
        pictures.withClass("train/a", 10, 0)
                .withClass("train/b", 5, 0)
                .withClass("val/a", 1, 0)
                .withClass("val/b", 1, 0);
        try (DataSplit data = folder().read()) {
            assertArrayEquals(new int[] {8, 4}, data.train().counts());
            assertArrayEquals(new int[] {1, 1}, data.validation().orElseThrow().counts());
            assertArrayEquals(new int[] {2, 1}, data.test().counts());
        }
    }

    @Test
    void aClassThatAPartLacksIsNamedWithIt() throws IOException {
        pictures.withClass("train/a", 2, 0).withClass("train/b", 2, 0).withClass("test/a", 1, 0);
        bad("the folder test has no pictures of the class b");
        pictures.withClass("test/b", 1, 0).withClass("test/c", 1, 0).with("train/c/notes.txt", "no picture");
        bad("the folder train has no pictures of the class c");
    }

    @Test
    void aClassOfOnePictureIsTrainedOn() throws IOException {
        pictures.withClass("one", 1, 0).withClass("two", 2, 0).withClass("three", 3, 0);
        try (DataSplit data = folder().validation(0.1).read()) {
            assertEquals(List.of("one", "three", "two"), data.train().classNames());
            assertArrayEquals(new int[] {1, 1, 1}, data.train().counts());
            assertArrayEquals(
                    new int[] {0, 1, 0}, data.validation().orElseThrow().counts());
            assertArrayEquals(new int[] {0, 1, 1}, data.test().counts());
        }
    }

    @Test
    void picturesAreKnownByTheirContentAlsoInFoldersWithin() throws IOException {
        twoClasses();
        pictures.with("red/photo", 6, 4, 0xff0000)
                .with("red/a/b/c.jfif", 6, 4, 0xff0000)
                .with("blue/x.txt", 6, 4, 0x0000ff)
                .with("red/notes.txt", "not a picture, and not named like one")
                .with("blue/Thumbs.db", new byte[100]);
        pictures.with("__MACOSX/red/._0.png", "macOS")
                .with("blue/__MACOSX/._1.png", "macOS")
                .with(".git/config", "hidden")
                .with("readme.md", "a text")
                .with("red/.DS_Store", "macOS");
        Files.createDirectories(pictures.path().resolve("green/empty"));
        try (DataSplit data = folder().read()) {
            assertEquals(List.of("blue", "red"), data.train().classNames());
            assertEquals(23, data.train().size() + data.test().size());
            Reading reading = data.reading();
            assertEquals(
                    List.of("red/.DS_Store: hidden", "blue/Thumbs.db: no picture", "red/notes.txt: no picture"),
                    reading.leftOut());
            assertEquals(
                    Set.of(
                            ".git: hidden",
                            "__MACOSX: not pictures, but what macOS keeps beside them",
                            "green: empty",
                            "readme.md: in no class' folder",
                            "blue/__MACOSX: not pictures, but what macOS keeps beside them"),
                    new HashSet<>(reading.passedOver()));
            assertTrue(
                    reading.lines()
                            .contains("3 left out, because no pictures: red/.DS_Store: hidden; blue/Thumbs.db: no "
                                    + "picture;"
                                    + " red/notes.txt: no picture"),
                    reading.lines().toString());
        }
    }

    @Test
    void aLinkThatLeadsBackIsPassedOver() throws IOException {
        twoClasses();
        Files.createSymbolicLink(
                pictures.path().resolve("red/again"), pictures.path().resolve("red"));
        try (DataSplit data = folder().read()) {
            assertEquals(20, data.train().size() + data.test().size());
            assertEquals(
                    List.of("red/again: a link to a folder around it"),
                    data.reading().passedOver());
        }
    }

    @Test
    void theSizeIsTheCommonOneIfSmallElse224() throws IOException {
        pictures.with("a/1.png", 256, 100, 1)
                .with("a/2.png", 256, 100, 2)
                .with("b/1.png", 256, 100, 3)
                .with("b/2.png", 256, 100, 4);
        sized(Shape.of(3, 100, 256), folder(), "");
        sized(Shape.of(1, 100, 256), folder().channels(1), "");
        pictures.with("b/2.png", 255, 100, 4);
        sized(Shape.of(3, 224, 224), folder(), "various sizes: they are brought to 224x224 (crop)");
        sized(Shape.of(1, 224, 224), folder().channels(1), "224x224");
        sized(Shape.of(3, 9, 7), folder().imageShape(Shape.of(3, 9, 7)), "");
        for (String name : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
            pictures.with(name, 257, 10, 1);
        }
        sized(Shape.of(3, 224, 224), folder(), "The pictures are 10x257: they are brought to 224x224 (crop)");
    }

    private static void sized(Shape shape, ImageFolder folder, String said) throws IOException {
        try (DataSplit data = folder.read()) {
            assertEquals(shape, data.train().imageShape());
            assertTrue(
                    data.reading().size().contains(said)
                            && data.reading().size().isEmpty() == said.isEmpty(),
                    data.reading().size());
        }
    }

    @Test
    void proportionsAreCutPaddedOrStretched() throws IOException {
        // Left half black, right half white would not show padding: black alone does, white is what pads.
        pictures.with("a/1.png", 16, 8, 0)
                .with("a/2.png", 16, 8, 0)
                .with("b/1.png", 16, 8, 0)
                .with("b/2.png", 16, 8, 0);
        for (Resize resize : Resize.values()) {
            try (DataSplit data =
                    folder().imageShape(Shape.of(1, 8, 8)).resize(resize).read()) {
                assertEquals(resize == Resize.PAD ? 255 : 0, red(data.train(), 0), resize.toString());
                assertEquals(resize, data.train().provenance().resize());
            }
        }
    }

    @Test
    void givenClassesLabelTheFoldersAndUnknownOnesAreNamed() throws IOException {
        twoClasses();
        try (DataSplit data =
                folder().classNames(List.of("green", "red", "blue")).read()) {
            assertArrayEquals(new int[] {0, 8, 8}, data.train().counts());
        }
        String message = assertThrows(
                        BadFileException.class,
                        () -> folder().classNames(List.of("red", "green"))
                                .read()
                                .close())
                .getMessage();
        assertTrue(message.contains("red; green") && message.contains("got also blue"), message);
    }

    @Test
    void allBadFilesAreListedAtOnceAndCounted() throws IOException {
        twoClasses();
        pictures.with("red/0.png", "this is text").with("red/empty.jpg", "").with("blue/cut.png", new byte[0]);
        bad("3 of 22 pictures", "red/0.png: is no picture", "red/empty.jpg", "blue/cut.png", "--on-bad-file skip");
        for (int i = 0; i < 30; i++) {
            pictures.with("red/bad" + i + ".gif", "text");
        }
        String message = bad("33 of 52", "and 23 more");
        assertTrue(message.length() < 2_000, "bounded: " + message.length());
        try (DataSplit data = folder().skipsBad(true).read()) {
            assertEquals(19, data.train().size() + data.test().size());
            assertEquals(33, data.reading().bad().size());
        }
    }

    @Test
    void damagedPixelsAreListedAtOnceToo() throws IOException {
        twoClasses();
        pictures.withDamaged("red/3.png").withDamaged("red/5.png").withDamaged("blue/x.png");
        bad("3 of 21 pictures", "red/3.png", "red/5.png", "blue/x.png");
        pictures.with("blue/no.png", "this is text");
        bad("4 of 22 pictures", "red/3.png", "red/5.png", "blue/x.png", "blue/no.png: is no picture");
        Files.delete(pictures.path().resolve("blue/no.png"));
        try (DataSplit held = folder().skipsBad(true).read();
                DataSplit streamed = folder().skipsBad(true).streamed(true).read()) {
            for (DataSplit data : List.of(held, streamed)) {
                assertEquals(3, data.reading().bad().size(), data.reading().toString());
                assertEquals(18, data.train().size() + data.test().size());
            }
            for (int i = 0; i < held.test().size(); i++) {
                assertEquals(-1, held.test().pixels(i).mismatch(streamed.test().pixels(i)));
            }
        }
        for (int i = 0; i < 10; i++) {
            pictures.withDamaged("red/" + i + ".png");
        }
        assertTrue(assertThrows(
                        BadFileException.class,
                        () -> folder().skipsBad(true).read().close())
                .getMessage()
                .contains("of some class no picture"));
    }

    @Test
    void aFailureLeavesNoMemory() throws IOException {
        twoClasses();
        pictures.withDamaged("red/3.png");
        long before = MemoryOwner.liveBytes();
        bad("red/3.png");
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void foldersThatAreNoneAreSaidToBeSo() throws IOException {
        bad("at least two classes");
        pictures.withClass("train/a", 2, 0).withClass("train/b", 2, 0);
        bad("found [train]", "choose " + pictures.path().resolve("train"));
        Files.move(pictures.path().resolve("train"), pictures.path().resolve(".train"));
        pictures.withClass("a", 2, 0);
        bad("at least two classes", "found [a]");
        Files.createDirectories(pictures.path().resolve("b"));
        bad("at least two classes", "b: empty");
        pictures.withClass("b", 1, 0).with("a/0.png", "").with("a/1.png", 6, 4, 0);
        Files.delete(pictures.path().resolve("a/0.png"));
        bad("at least two pictures in a class");
    }

    @Test
    void filesWithoutLabelsAreDecodedAndBadOnesNamed() throws IOException {
        pictures.with("1.png", 9, 3, 0xffffff).with("2.png", "text").with("x/3.png", 8, 8, 0);
        List<Path> files = FoundPictures.in(pictures.path()).files();
        try (DecodedFiles decoded = DecodedFiles.of(files, Shape.of(1, 8, 8), Resize.CROP, List.of("x", "y"))) {
            assertEquals(List.of(files.get(0), files.get(2)), decoded.files());
            assertEquals(Set.of(files.get(1)), decoded.bad().keySet());
            ImageDataset data = decoded.pictures().orElseThrow();
            assertEquals(files.get(2).toString(), data.file(1).orElseThrow());
            assertEquals(255, Byte.toUnsignedInt(data.pixels(0).get(ValueLayout.JAVA_BYTE, 63)));
            assertTrue(assertThrows(BadFileException.class, decoded::orThrow)
                    .getMessage()
                    .contains("2.png"));
        }
    }

    private String bad(String... parts) {
        String message = assertThrows(
                        BadFileException.class, () -> folder().read().close())
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
        return message;
    }
}
