package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    @TempDir
    private Path folder;

    private void picture(String path, int width, int height, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        assertTrue(ImageIO.write(image, path.substring(path.lastIndexOf('.') + 1), file.toFile()));
    }

    private void twoClasses() throws IOException {
        for (int i = 0; i < 10; i++) {
            picture("red/" + i + ".png", 6, 4, 0xff0000 | i);
            picture("blue/" + i + ".jpg", 6, 4, 0x0000ff);
        }
        Files.createDirectories(folder.resolve(".hidden"));
        Files.writeString(folder.resolve("red/notes.txt"), "not a picture, and not named like one");
    }

    @Test
    void classesAreFoldersInAlphabeticalOrder() throws IOException {
        twoClasses();
        try (DataSplit data = ImageFolder.read(folder, 1)) {
            assertEquals(List.of("blue", "red"), data.train().classNames());
            assertEquals(Shape.of(3, 4, 6), data.train().imageShape());
            assertEquals(16, data.train().size());
            assertEquals(4, data.test().size());
            for (int i = 0; i < data.test().size(); i++) {
                boolean red = data.test().label(i) == 1;
                int value = Byte.toUnsignedInt(data.test().pixels(i).get(ValueLayout.JAVA_BYTE, 0));
                // JPEG does not keep colours exactly.
                assertTrue(red ? value > 250 : value < 5, "picture " + i + " has red " + value);
            }
        }
    }

    @Test
    void streamedPicturesAreTheSame() throws IOException {
        twoClasses();
        long before = MemoryOwner.liveBytes();
        try (DataSplit streamed = ImageFolder.stream(folder, Shape.of(3, 8, 8), 5)) {
            assertEquals(before, MemoryOwner.liveBytes(), "nothing is held");
            try (DataSplit held = ImageFolder.read(folder, Shape.of(3, 8, 8), 5); ImageDataset some = streamed.train().select(3, 1)) {
                for (int i = 0; i < held.train().size(); i++) {
                    assertEquals(-1, held.train().pixels(i).mismatch(streamed.train().pixels(i)));
                    assertEquals(held.train().label(i), streamed.train().label(i));
                }
                assertEquals(-1, held.train().pixels(1).mismatch(some.pixels(1)));
            }
            Files.writeString(folder.resolve("red/0.png"), "no longer a picture");
            ImageDataset train = streamed.train();
            String message = assertThrows(BadFileException.class, () -> {
                for (int i = 0; i < train.size(); i++) {
                    train.pixels(i);
                }
                for (int i = 0; i < streamed.test().size(); i++) {
                    streamed.test().pixels(i);
                }
            }).getMessage();
            assertTrue(message.contains("0.png"), message);
        }
    }

    @Test
    void aStratifiedSplitKeepsEachClassShare() {
        int[] labels = new int[120];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i < 100 ? 0 : i < 119 ? 1 : 2;
        }
        try (ImageDataset all = ImageDataset.of("numbered", Shape.of(1, 1, 1), List.of("many", "few", "one"), labels,
                (i, target) -> target.set(ValueLayout.JAVA_BYTE, 0, (byte) i));
                DataSplit split = all.stratifiedSplit(0.2, 3); DataSplit again = all.stratifiedSplit(0.2, 3)) {
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
            assertThrows(IllegalArgumentException.class, () -> all.stratifiedSplit(1, 3));
        }
    }

    @Test
    void theSameSeedKeepsTheSamePicturesForTheTest() throws IOException {
        twoClasses();
        try (DataSplit first = ImageFolder.read(folder, 5); DataSplit second = ImageFolder.read(folder, 5)) {
            for (int i = 0; i < first.test().size(); i++) {
                assertEquals(-1, first.test().pixels(i).mismatch(second.test().pixels(i)));
            }
        }
    }

    @Test
    void aTrainAndATestFolderAreTakenAsTheyAre() throws IOException {
        picture("train/a/1.png", 5, 5, 1);
        picture("train/b/1.png", 5, 5, 2);
        picture("train/b/2.png", 5, 5, 2);
        picture("test/a/1.png", 5, 5, 1);
        picture("test/b/1.png", 5, 5, 2);
        try (DataSplit data = ImageFolder.read(folder, 1)) {
            assertEquals(3, data.train().size());
            assertEquals(2, data.test().size());
        }
    }

    @Test
    void picturesAreScaledAndMadeGreyWhereAsked() throws IOException {
        picture("a/1.png", 9, 3, 0xffffff);
        try (ImageDataset data = ImageFolder.readFiles(List.of(folder.resolve("a/1.png")), Shape.of(1, 8, 8), List.of("x", "y"))) {
            assertEquals(Shape.of(1, 8, 8), data.imageShape());
            assertEquals(255, Byte.toUnsignedInt(data.pixels(0).get(ValueLayout.JAVA_BYTE, 63)));
        }
    }

    @Test
    void badFoldersAndFilesAreNamed() throws IOException {
        bad("at least two classes");
        picture("a/1.png", 4, 4, 0);
        picture("a/2.png", 4, 4, 0);
        bad("at least two classes");
        Files.createDirectories(folder.resolve("b"));
        bad("b: expected pictures");
        Files.writeString(folder.resolve("b/1.png"), "this is text");
        bad("1.png", "no picture");
        Files.delete(folder.resolve("b/1.png"));
        picture("b/2.png", 40, 40, 0xabcdef);
        byte[] png = Files.readAllBytes(folder.resolve("b/2.png"));
        Files.write(folder.resolve("b/2.png"), Arrays.copyOf(png, png.length / 2));
        bad("2.png", "damaged");
    }

    private void bad(String... parts) {
        String message = assertThrows(BadFileException.class, () -> ImageFolder.read(folder, 1).close()).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
    }
}
