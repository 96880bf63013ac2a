package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.picture.PictureBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionTest {
    /** As many pictures of each of three classes, with numbers from a first one on. */
    private static List<LabelledFile> files(int from, int count) {
        List<LabelledFile> files = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            IntStream.range(from, from + count)
                    .forEach(i -> files.add(file(null, name, name + "/" + i + ".png", 100 + i)));
        }
        return files;
    }

    private static LabelledFile file(Part part, String className, String name, long size) {
        return new LabelledFile(PictureBytes.of(Path.of(name)), Optional.ofNullable(part), className, name, size);
    }

    @Test
    void theSameListIsPartedInTheSameWayAndEachPictureIsInOnePart() {
        List<LabelledFile> files = files(0, 50);
        Partition partition = Partition.of(files, 7, 0.2, 0.1);
        Partition.Indices places = partition.part(files);
        assertEquals(108, places.train().length);
        assertEquals(12, places.validation().length);
        assertEquals(30, places.test().length);
        int[] all = IntStream.concat(
                        IntStream.of(places.train()),
                        IntStream.concat(IntStream.of(places.validation()), IntStream.of(places.test())))
                .sorted()
                .toArray();
        assertArrayEquals(IntStream.range(0, 150).toArray(), all);
        Partition read = new Partition(partition.listing(), 7, 0.2, 0.1, partition.sample());
        assertArrayEquals(places.test(), read.part(files).test());
    }

    @Test
    void anyOtherListIsAnother() {
        List<LabelledFile> files = files(0, 50);
        Partition partition = Partition.of(files, 7, 0.2, 0);
        assertTrue(partition.isOf(files(0, 50)));
        assertFalse(partition.isOf(files(0, 51)));
        assertFalse(partition.isOf(files.subList(0, 149)));
        List<LabelledFile> grown = new ArrayList<>(files);
        grown.set(3, file(null, "a", "a/3.png", 1));
        assertFalse(partition.isOf(grown), "another size");
        grown.set(3, file(null, "a", "a/x.png", 103));
        assertFalse(partition.isOf(grown), "another name");
    }

    /**
     * 128 known and about 32 other pictures are compared; the deviation of a share estimated by n of them is at most
     * 0.5/√n = 0.04.
     */
    @Test
    void likenessIsEstimated() {
        List<LabelledFile> files = files(0, 1000);
        Partition partition = Partition.of(files, 7, 0.2, 0.1);
        assertEquals(0.8, partition.shareKnown(files), 0.12, "a fifth was kept for the test");
        assertEquals(0, partition.shareKnown(files(5000, 1000)));
        assertEquals(0.4, partition.shareKnown(files(500, 1000)), 0.12);
        Partition.Indices places = partition.part(files);
        assertEquals(
                0,
                partition.shareKnown(
                        IntStream.of(places.test()).mapToObj(files::get).toList()));
        assertEquals(
                1,
                partition.shareKnown(
                        IntStream.of(places.train()).mapToObj(files::get).toList()));
        assertEquals(
                1,
                partition.shareKnown(
                        IntStream.of(places.validation()).mapToObj(files::get).toList()));
    }

    @Test
    void ofFewPicturesAllAreCompared() {
        Partition small = Partition.of(files(0, 10), 7, 0.2, 0);
        assertEquals(24.0 / 30, small.shareKnown(files(0, 10)));
        List<LabelledFile> more = new ArrayList<>(files(0, 10));
        more.addAll(files(20, 10));
        assertEquals(24.0 / 60, small.shareKnown(more));
        List<LabelledFile> moved = files(0, 10).stream()
                .map(f -> file(Part.TEST, f.className(), "test/" + f.name(), f.size()))
                .toList();
        assertEquals(24.0 / 30, small.shareKnown(moved), "whatever part they lie in");
    }

    @Test
    void itsSizeDoesNotGrowWithTheFolder() {
        assertEquals(128, Partition.of(files(0, 2000), 1, 0.2, 0).sample().size());
        assertThrows(IllegalArgumentException.class, () -> new Partition("no digest", 1, 0.2, 0, List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Partition("0".repeat(64), 1, 1, 0, List.of()));
    }
}
