package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewsTest {
    private static final List<String> NAMES = List.of("a", "b", "c");

    /** Picture i is of two bytes that say i. */
    private static ImageDataset numbered(Targets targets) {
        return ImageDataset.of("numbered", Shape.of(1, 1, 2), targets, (i, pixels) -> {
            pixels.set(1, (byte) i);
            pixels.set(0, (byte) (i >> 8));
        });
    }

    private static int number(ImageDataset data, int index) {
        byte[] bytes = data.pixels(index).toArray(ValueLayout.JAVA_BYTE);
        return (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    }

    private static int[] numbers(ImageDataset data) {
        return IntStream.range(0, data.size()).map(i -> number(data, i)).toArray();
    }

    private static ClassTargets random(int count, long seed) {
        Random random = new Random(seed);
        // The first class is rare, the last one common.
        return Targets.ofClasses(
                NAMES,
                IntStream.range(0, count)
                        .map(i -> Math.max(random.nextInt(3), random.nextInt(3)))
                        .toArray());
    }

    @Test
    void viewsChooseAndTargetsFollow() {
        try (ImageDataset data = numbered(Targets.ofClasses(NAMES, 0, 1, 2, 0, 1, 2, 0))) {
            assertArrayEquals(new int[] {0, 1, 2}, numbers(data.take(3)));
            assertArrayEquals(numbers(data), numbers(data.take(100)));
            assertArrayEquals(new int[] {5, 6}, numbers(data.skip(5).take(Integer.MAX_VALUE)));
            assertArrayEquals(new int[] {5, 6}, numbers(data.skip(5)));
            assertArrayEquals(new int[] {2, 3}, numbers(data.skip(2).take(2)));
            assertArrayEquals(new int[] {6, 0, 6}, numbers(data.select(6, 0, 6)));
            assertEquals(Optional.empty(), data.file(0), "pictures of no file");
            ImageDataset some = data.classes("c", "a");
            assertEquals(List.of("c", "a"), some.classNames());
            assertArrayEquals(new int[] {0, 2, 3, 5, 6}, numbers(some));
            assertArrayEquals(new int[] {2, 3}, some.counts());
            assertEquals(0, some.label(1));
            ImageDataset shuffled = data.shuffled(3);
            int[] order = numbers(shuffled);
            assertArrayEquals(order, numbers(data.shuffled(3)));
            assertNotEquals(Arrays.toString(order), Arrays.toString(numbers(data.shuffled(4))));
            assertArrayEquals(
                    IntStream.range(0, 7).toArray(),
                    Arrays.stream(order).sorted().toArray());
            for (int i = 0; i < 7; i++) {
                assertEquals(order[i] % 3, shuffled.label(i));
            }
        }
    }

    @Test
    void whatNoViewCanBeIsRefused() {
        try (ImageDataset data = numbered(random(5, 1))) {
            for (Supplier<?> wrong : List.<Supplier<?>>of(
                    () -> data.take(0),
                    () -> data.take(-1),
                    () -> data.skip(5),
                    () -> data.skip(-1),
                    data::select,
                    () -> data.classes("z"),
                    data::classes,
                    () -> DataSplit.kFold(data, 1, 0),
                    () -> DataSplit.kFold(data, 6, 0),
                    () -> DataSplit.of(data, 0, 0),
                    () -> DataSplit.of(data, 1, 0))) {
                assertThrows(IllegalArgumentException.class, wrong::get);
            }
            assertThrows(IndexOutOfBoundsException.class, () -> data.select(5));
        }
    }

    @Test
    void viewsNeedNoCloseAndEndWithTheirDataSet() {
        long before = MemoryOwner.liveBytes();
        ImageDataset data = numbered(random(10, 1));
        long held = MemoryOwner.liveBytes();
        ImageDataset view = data.shuffled(1).take(5).classes(NAMES.toArray(String[]::new));
        DataSplit.kFold(data, 3, 1);
        assertEquals(held, MemoryOwner.liveBytes());
        ImageDataset inner = view.take(2);
        view.close();
        assertThrows(IllegalStateException.class, () -> inner.pixels(0));
        assertThrows(IllegalStateException.class, () -> view.take(1));
        ImageDataset other = data.skip(2);
        data.pixels(0);
        ImageDataset shared = data.skip(3).share();
        data.close();
        data.close();
        assertThrows(IllegalStateException.class, () -> other.pixels(0));
        assertThrows(IllegalStateException.class, other::share);
        assertThrows(IllegalStateException.class, other::fingerprint);
        assertEquals(3, number(shared, 0));
        assertEquals(held, MemoryOwner.liveBytes());
        shared.close();
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void aSplitWithValidationOwnsWhatItsPartsOwned() {
        long before = MemoryOwner.liveBytes();
        ClassTargets targets = random(60, 4);
        try (DataSplit three = new DataSplit(numbered(targets), numbered(targets)).withValidation(0.25, 2)) {
            assertEquals(
                    60, three.train().size() + three.validation().orElseThrow().size());
            number(three.train(), 0);
            number(three.validation().orElseThrow(), 0);
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 40, 333})
    void foldsPartThePicturesInEqualSharesOfEachClass(int count) {
        for (Targets targets : List.of(
                random(count, count),
                Targets.ofRegression(List.of(), new float[count][1]),
                Targets.ofMultiLabels(List.of("x"), new float[count][1]))) {
            try (ImageDataset data = numbered(targets)) {
                for (int k : new int[] {2, 3, 7}) {
                    check(data, k, DataSplit.kFold(data, k, 11));
                }
            }
        }
    }

    private static void check(ImageDataset data, int k, List<DataSplit> folds) {
        assertEquals(k, folds.size());
        List<Integer> tested = new ArrayList<>();
        for (DataSplit fold : folds) {
            int[] test = numbers(fold.test());
            Arrays.stream(test).forEach(tested::add);
            int[] both = Stream.of(numbers(fold.train()), test)
                    .flatMapToInt(Arrays::stream)
                    .sorted()
                    .toArray();
            assertArrayEquals(IntStream.range(0, data.size()).toArray(), both, "no overlap, none left out");
            assertTrue(Math.abs((double) data.size() / k - test.length) < 1, "sizes of folds");
            if (data.targets() instanceof ClassTargets classes) {
                int[] all = classes.counts();
                int[] here = fold.test().counts();
                for (int c = 0; c < all.length; c++) {
                    assertTrue(Math.abs((double) all[c] / k - here[c]) < 1, "class " + c + " of " + classes);
                }
            }
        }
        assertEquals(
                IntStream.range(0, data.size()).boxed().toList(),
                tested.stream().sorted().toList());
    }

    @Test
    void foldsDependOnTheSeedAlone() {
        try (ImageDataset data = numbered(random(40, 1))) {
            int[] first = numbers(DataSplit.kFold(data, 4, 1).get(2).test());
            assertArrayEquals(first, numbers(DataSplit.kFold(data, 4, 1).get(2).test()));
            assertNotEquals(
                    Arrays.toString(first),
                    Arrays.toString(numbers(DataSplit.kFold(data, 4, 2).get(2).test())));
        }
    }

    @Test
    void splitsOfOtherTargetsTakeTheShareOfAll() {
        try (ImageDataset data = numbered(Targets.ofRegression(List.of(), new float[20][2]))) {
            DataSplit split = DataSplit.of(data, 0.3, 5);
            assertEquals(6, split.test().size());
            assertEquals(14, split.train().size());
        }
    }
}
