package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FoldsTest {
    /** Picture i is of one byte that says i. */
    private static ImageDataset numbered(int count, int classes, long seed) {
        Random random = new Random(seed);
        List<String> names =
                IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
        // Squared, so that some classes are rare.
        int[] labels = IntStream.range(0, count)
                .map(i -> (int) (classes * Math.pow(random.nextDouble(), 2)))
                .toArray();
        return ImageDataset.of("numbered", Shape.of(1, 1, 1), names, labels, (i, pixels) -> pixels.set(0, (byte) i));
    }

    private static int[] numbers(ImageDataset data) {
        return IntStream.range(0, data.size())
                .map(i -> Byte.toUnsignedInt(data.pixels(i).get(ValueLayout.JAVA_BYTE, 0)))
                .toArray();
    }

    static Stream<Arguments> cases() {
        Random random = new Random(5);
        return IntStream.range(0, 40).mapToObj(seed -> {
            int count = 20 + random.nextInt(200);
            return Arguments.of(count, 1 + random.nextInt(12), 2 + random.nextInt(Math.min(19, count - 1)), seed);
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPictureIsInOneFoldAndClassesDifferByOneAtMost(int count, int classes, int k, long seed) {
        try (ImageDataset data = numbered(count, classes, seed);
                Folds folds = Folds.of(data, k, seed);
                Folds again = Folds.of(data, k, seed)) {
            assertEquals(k, folds.count());
            int[] seen = new int[count];
            int[][] counts = new int[k][];
            for (int fold = 0; fold < k; fold++) {
                int[] indices = folds.indices(fold);
                assertArrayEquals(indices, again.indices(fold));
                Arrays.stream(indices).forEach(i -> seen[i]++);
                DataSplit split = folds.split(fold);
                assertArrayEquals(indices, numbers(split.test()));
                int[] both = IntStream.concat(Arrays.stream(numbers(split.train())), Arrays.stream(indices))
                        .sorted()
                        .toArray();
                assertArrayEquals(IntStream.range(0, count).toArray(), both);
                counts[fold] = split.test().counts();
            }
            assertTrue(Arrays.stream(seen).allMatch(times -> times == 1));
            for (int c = 0; c < classes; c++) {
                int of = c;
                var here = Arrays.stream(counts).mapToInt(fold -> fold[of]).summaryStatistics();
                assertTrue(here.getMax() - here.getMin() <= 1, "class " + c + ": " + here);
            }
        }
    }

    @Test
    void anotherSeedPartsOtherwise() {
        try (ImageDataset data = numbered(40, 2, 1);
                Folds one = Folds.of(data, 4, 1);
                Folds other = Folds.of(data, 4, 2)) {
            assertNotEquals(Arrays.toString(one.indices(0)), Arrays.toString(other.indices(0)));
            assertEquals(Optional.empty(), one.name(3));
            for (Folds folds : List.of(one, other)) {
                assertThrows(IndexOutOfBoundsException.class, () -> folds.split(4));
                assertThrows(IndexOutOfBoundsException.class, () -> folds.indices(-1));
                assertThrows(IndexOutOfBoundsException.class, () -> folds.name(40));
            }
            assertThrows(IllegalArgumentException.class, () -> Folds.of(data, 41, 1));
        }
    }

    @Test
    void theyAreClosedOnTheirOwnAndLeaveTheTestAlone() {
        long before = MemoryOwner.liveBytes();
        Folds folds;
        try (DataSplit data =
                new DataSplit(numbered(10, 2, 1), Optional.of(numbered(4, 2, 2)), numbered(6, 2, 3), Reading.NOTHING)) {
            folds = Folds.of(data, 5, 1);
        }
        // Of one byte each: those of the test are freed.
        assertEquals(before + 14, MemoryOwner.liveBytes());
        try (DataSplit split = folds.split(0)) {
            assertEquals(
                    List.of(8, 4, 2),
                    split.parts().stream().map(ImageDataset::size).toList());
        }
        // A split that is closed leaves the others open.
        assertEquals(4, numbers(folds.split(1).validation().orElseThrow()).length);
        folds.close();
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void aFolderWithoutATestPartIsFoldedWhole(@TempDir Path place) throws IOException {
        PictureFolder folder = new PictureFolder(place);
        for (int i = 0; i < 7; i++) {
            folder.with("dark/" + i + ".png", 6, 4, i).with("light/" + i + ".png", 6, 4, 0xff0000 | i);
        }
        ImageFolder how = ImageFolder.of(place);
        assertFalse(how.hasValidation());
        try (Folds folds = how.readFolds(3)) {
            assertEquals(14, folds.pictures().size());
            for (int i = 0; i < 14; i++) {
                // The blue channel, the last third, says which file it is.
                int blue = folds.pictures().pixels(i).get(ValueLayout.JAVA_BYTE, 2 * 24);
                assertEquals(
                        Optional.of((folds.pictures().label(i) == 0 ? "dark/" : "light/") + blue + ".png"),
                        folds.name(i));
            }
            assertEquals(Optional.empty(), folds.split(0).validation());
            assertEquals(null, folds.pictures().provenance().partition());
        }
    }

    @Test
    void partsOfAFolderAreForWhatTheyAreFor(@TempDir Path place) throws IOException {
        PictureFolder folder = new PictureFolder(place);
        for (String name : List.of("dark", "light")) {
            folder.withClass("train/" + name, 6, 0).withClass("validation/" + name, 3, 0);
            // Would be found out if they were decoded.
            folder.withDamaged("test/" + name + "/0.png");
        }
        ImageFolder how = ImageFolder.of(place);
        assertTrue(how.hasValidation());
        try (Folds folds = how.readFolds(4)) {
            assertEquals(12, folds.pictures().size());
            assertTrue(folds.name(0).orElseThrow().startsWith("train/"));
            DataSplit split = folds.split(3);
            assertEquals(
                    List.of(9, 6, 3),
                    split.parts().stream().map(ImageDataset::size).toList());
        }
    }
}
