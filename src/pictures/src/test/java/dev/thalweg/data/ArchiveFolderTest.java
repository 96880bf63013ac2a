package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A folder that is packed gives what it gives unpacked. */
class ArchiveFolderTest {
    @TempDir
    private Path temporary;

    private PictureFolder folder() throws IOException {
        return new PictureFolder(temporary.resolve("mine"));
    }

    private Path packed(TestArchive kind) throws IOException {
        return kind.pack(folder().path(), "", temporary.resolve("packed." + kind.suffix()));
    }

    private static ImageFolder reading(Path place) {
        return ImageFolder.of(place).seed(7).validation(0.2).imageShape(Shape.of(3, 4, 6));
    }

    private static void assertSame(DataSplit expected, DataSplit got) {
        assertEquals(expected.parts().size(), got.parts().size());
        for (int part = 0; part < expected.parts().size(); part++) {
            ImageDataset one = expected.parts().get(part);
            ImageDataset other = got.parts().get(part);
            assertEquals(one.classNames(), other.classNames());
            assertEquals(one.size(), other.size());
            for (int i = 0; i < one.size(); i++) {
                assertEquals(one.label(i), other.label(i));
                assertEquals(-1, one.pixels(i).mismatch(other.pixels(i)), "part " + part + ", picture " + i);
            }
        }
        assertEquals(expected.reading(), got.reading());
    }

    private static String refusal(Path place) {
        return assertThrows(BadFileException.class, reading(place)::read).getMessage();
    }

    @ParameterizedTest
    @EnumSource
    void picturesAndPartsAreThoseOfTheFolder(TestArchive kind) throws IOException {
        folder().withClass("red", 12, 0xff0000)
                .withClass("green/inner", 11, 0x00ff00)
                .withClass("green/.hidden", 1, 0)
                .withClass("__MACOSX", 1, 0)
                .with("red/notes.txt", "none")
                .with("readme", "none");
        long before = MemoryOwner.liveBytes();
        Path archive = packed(kind);
        Path named = kind.pack(folder().path(), "mine/", temporary.resolve("no-suffix"));
        for (boolean streamed : List.of(false, true)) {
            try (DataSplit expected =
                            reading(folder().path()).streamed(streamed).read();
                    DataSplit got = reading(archive).streamed(streamed).read();
                    DataSplit ofNamed = reading(named).streamed(streamed).read()) {
                assertSame(expected, got);
                assertSame(expected, ofNamed);
                assertEquals(
                        expected.train().provenance().partition(),
                        got.train().provenance().partition());
            }
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @ParameterizedTest
    @EnumSource
    void partsMayBeFolders(TestArchive kind) throws IOException {
        for (String part : List.of("train", "valid", "test")) {
            folder().withClass(part + "/a", 3, 0x10).withClass(part + "/b", 2, 0x800000);
        }
        try (DataSplit expected = reading(folder().path()).read();
                DataSplit got = reading(packed(kind)).read()) {
            assertSame(expected, got);
            assertArrayEquals(new int[] {3, 2}, got.test().counts());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTableNamesFilesInIt(TestArchive kind) throws IOException {
        folder().withClass("all", 4, 0);
        FileTargets table = new FileTargets(
                List.of("all/0.png", "all/1.png", "all/3.png", "all/9.png"),
                Targets.ofClasses(List.of("x", "y"), 0, 1, 1, 0));
        String message = assertThrows(
                        BadFileException.class,
                        () -> reading(packed(kind)).targets(table).read())
                .getMessage();
        assertTrue(message.contains("all/9.png: there is no such file"), message);
    }

    /** Every picture that a cut archive still gives is right; the others are named, or all of it is refused. */
    @ParameterizedTest
    @EnumSource
    void oneThatIsCutOffIsRefused(TestArchive kind) throws IOException {
        folder().withClass("a", 4, 0).withClass("b", 4, 0xffffff);
        Path archive = packed(kind);
        byte[] whole = Files.readAllBytes(archive);
        // Of a .tar, the end is 20 blocks of zeros, without which it is complete.
        int end = kind.suffix().equals("tar") ? whole.length - 20 * 512 : whole.length;
        for (int length = 512; length < end; length += 97) {
            Files.write(archive, Arrays.copyOf(whole, length));
            try (DataSplit some = reading(archive).read()) {
                assertTrue(some.train().size() < 8, "cut at " + length);
            } catch (BadFileException e) {
                assertTrue(e.getMessage().startsWith(archive.toString()), e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesThatLeadElsewhereAreRefused(TestArchive kind) throws IOException {
        byte[] picture = onePicture();
        for (String name :
                List.of("../a/1.png", "/etc/1.png", "a/../../1.png", "a//1.png", "a/".repeat(40) + "1.png")) {
            List<TestArchive.Entry> entries = new ArrayList<>(goodEntries(picture));
            entries.add(new TestArchive.Entry(name, picture));
            Path archive = kind.write(temporary.resolve("hostile"), entries);
            String message = refusal(archive);
            assertTrue(message.contains("expected names of files from the folder on"), message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneNameTwiceIsRefused(TestArchive kind) throws IOException {
        byte[] picture = onePicture();
        for (String name : List.of("a/1.png", "a/1.png/2.png", "a")) {
            List<TestArchive.Entry> entries = new ArrayList<>(goodEntries(picture));
            entries.add(new TestArchive.Entry(name, picture));
            String message = refusal(kind.write(temporary.resolve("twice"), entries));
            assertTrue(message.contains("expected each file once"), message);
        }
    }

    private static List<TestArchive.Entry> goodEntries(byte[] picture) {
        return List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png").stream()
                .map(name -> new TestArchive.Entry(name, picture))
                .toList();
    }

    private byte[] onePicture() throws IOException {
        folder().with("one.png", 6, 4, 0x123456);
        return Files.readAllBytes(folder().path().resolve("one.png"));
    }

    @ParameterizedTest
    @EnumSource
    void manyAreListed(TestArchive kind) throws IOException {
        byte[] picture = onePicture();
        List<TestArchive.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            entries.add(new TestArchive.Entry(i % 10 + "/" + i + ".png", picture));
        }
        try (DataSplit data = reading(kind.write(temporary.resolve("many"), entries))
                .streamed(true)
                .read()) {
            assertEquals(
                    10_000, data.parts().stream().mapToInt(ImageDataset::size).sum());
        }
    }

    @Test
    void aBombIsNamedAndMayBeSkipped() throws IOException {
        byte[] picture = onePicture();
        List<TestArchive.Entry> entries = new ArrayList<>(goodEntries(picture));
        entries.add(new TestArchive.Entry("a/bomb.png", new byte[(1 << 26) + 1]));
        Path archive = TestArchive.ZIP.write(temporary.resolve("bomb.zip"), entries);
        assertTrue(Files.size(archive) < 1 << 18, "it is small");
        String message = refusal(archive);
        assertTrue(message.contains("a/bomb.png: takes 67108865 bytes decompressed"), message);
        try (DataSplit data = ImageFolder.of(archive)
                .skipsBad(true)
                .imageShape(Shape.of(3, 4, 6))
                .read()) {
            assertEquals(1, data.reading().bad().size());
        }
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Path file = Files.writeString(temporary.resolve("wrong.zip"), "no archive");
        assertTrue(refusal(file).contains("packed as .zip or .tar, got a file"), refusal(file));
    }
}
