package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Near duplicates are those that were put there, and no others, in pictures of several kinds. */
class NearDuplicatesTest {
    private static final int SIDE = 32;

    /**
     * Hashes that NumPy computed, by an FFT of twice the length, of the pictures {@code (7x² + 13y + 3xy) mod 256}:
     * <pre>
     * def dct2(a):
     *     n = a.shape[-1]
     *     f = numpy.fft.fft(numpy.concatenate([a, a[..., ::-1]], axis=-1), axis=-1)[..., :n]
     *     return (f * numpy.exp(-1j * numpy.pi * numpy.arange(n) / (2 * n))).real
     * low = dct2(dct2(a.T).T)[:8, :8]
     * bits = (low &gt; numpy.median(low)).flatten()
     * </pre>
     * That of 32×32 is also what imagehash's {@code phash} takes of it, as it need not scale it.
     */
    @Test
    void hashesAreThoseOfNumPy() {
        assertEquals(0xc321cb00f7b3e46dL, hash(32, 32));
        assertEquals(0x820a00257fcd6bffL, hash(28, 28));
        assertEquals(0xb58010cd69bee9b9L, hash(20, 48));
    }

    private static long hash(int height, int width) {
        float[] levels = new float[height * width];
        for (int i = 0; i < levels.length; i++) {
            int x = i % width;
            int y = i / width;
            levels[i] = (7 * x * x + 13 * y + 3 * x * y) % 256;
        }
        return new PerceptualHash(height, width).of(GreyPicture.of(levels));
    }

    /** All near hashes are found, each once: those that a search of all pairs finds. */
    @Test
    void theIndexFindsWhatIsNear() {
        Random random = new Random(3);
        long[] hashes = random.longs(3000).toArray();
        for (int i = 0; i < 1500; i++) {
            // Near another, by up to ten bits.
            hashes[i] = hashes[1500 + i];
            for (int bits = random.nextInt(11); bits > 0; bits--) {
                hashes[i] ^= 1L << random.nextInt(64);
            }
        }
        HashIndex index = new HashIndex(hashes);
        int found = 0;
        for (long hash : hashes) {
            IntStream.Builder near = IntStream.builder();
            index.near(hash, near::add);
            int[] expected = IntStream.range(0, hashes.length)
                    .filter(i -> Long.bitCount(hash ^ hashes[i]) <= HashIndex.DISTANCE)
                    .toArray();
            assertArrayEquals(expected, near.build().sorted().toArray());
            found += expected.length;
        }
        assertTrue(found > 4500, "more than each itself: " + found);
    }

    /** A picture of its own for each seed: coloured waves, brighter and darker, and some noise. */
    private static byte[] photo(long seed) {
        Random random = new Random(seed);
        double[] waves = random.doubles(18, -1, 1).toArray();
        byte[] pixels = new byte[3 * SIDE * SIDE];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < SIDE * SIDE; i++) {
                double level = 0;
                for (int w = 0; w < 6; w++) {
                    int row = i / SIDE;
                    double phase = waves[3 * w] * (i % SIDE) * 0.6 + waves[3 * w + 1] * row * 0.6;
                    level += waves[3 * w + 2] * Math.sin(phase + 9 * waves[w] + c * 0.3);
                }
                pixels[c * SIDE * SIDE + i] =
                        (byte) Math.clamp(Math.round(128 + 40 * level + 4 * random.nextGaussian()), 0, 255);
            }
        }
        return pixels;
    }

    private static ImageDataset dataset(Shape shape, List<byte[]> pictures) {
        return ImageDataset.of(
                "some",
                shape,
                Targets.ofClasses(List.of("a", "b"), new int[pictures.size()]),
                (i, pixels) -> pixels.copyFrom(pictures.get(i)));
    }

    private static NearDuplicates near(ImageDataset found, ImageDataset known) {
        return NearDuplicates.of(HashedPictures.of(found), HashedPictures.of(known));
    }

    /** Noise, brightness and contrast, and one pixel less at the side, as files that went through other programs. */
    private static byte[] changed(byte[] photo, int how, Random random) {
        byte[] changed = photo.clone();
        for (int i = 0; i < changed.length; i++) {
            int level = Byte.toUnsignedInt(photo[i]);
            double now = switch (how % 4) {
                case 0 -> level;
                case 1 -> level + 6 * random.nextGaussian();
                case 2 -> 30 + 0.7 * level;
                // To the nearest eight levels, as of strong compression.
                default -> Math.round(level / 8.0) * 8;
            };
            changed[i] = (byte) Math.clamp(Math.round(now), 0, 255);
        }
        return changed;
    }

    @Test
    void changedCopiesAreFoundAndNothingElse() {
        Random random = new Random(5);
        List<byte[]> known = IntStream.range(0, 600).mapToObj(i -> photo(i)).toList();
        // Each fifth is a copy.
        List<byte[]> asked = IntStream.range(0, 300)
                .mapToObj(i -> i % 5 == 0 ? changed(known.get(2 * i), i / 5, random) : photo(10_000 + i))
                .toList();
        Shape shape = Shape.of(3, SIDE, SIDE);
        try (ImageDataset train = dataset(shape, known);
                ImageDataset test = dataset(shape, asked)) {
            NearDuplicates duplicates = near(test, train);
            TreeSet<Integer> found = new TreeSet<>();
            for (NearDuplicates.Pair pair : duplicates.pairs()) {
                assertEquals(0, pair.found() % 5, "only copies");
                assertEquals(2 * pair.found(), pair.known(), "of the very picture");
                assertTrue(found.add(pair.found()), "each once");
                assertEquals(1, pair.likeness(), 0.15);
            }
            assertEquals(60, found.size());
            assertEquals(0, duplicates.plain());
            try (DataSplit split = new DataSplit(train.share(), test.share())) {
                DuplicatePictures.Comparison comparison =
                        DuplicatePictures.of(split).comparisons().getFirst();
                assertEquals(0.2, comparison.share(), 1e-9);
            }
        }
    }

    /** Pictures of one colour are all the same and say nothing. */
    @Test
    void plainPicturesAreCountedAndLeftOut() {
        List<byte[]> plain = IntStream.range(0, 50)
                .mapToObj(i -> {
                    byte[] pixels = new byte[SIDE * SIDE];
                    Arrays.fill(pixels, (byte) (5 * i));
                    pixels[i] = (byte) (5 * i + 3);
                    return pixels;
                })
                .toList();
        try (ImageDataset train = dataset(Shape.of(1, SIDE, SIDE), plain);
                ImageDataset test = dataset(Shape.of(1, SIDE, SIDE), plain)) {
            assertEquals(new NearDuplicates(List.of(), 50), near(test, train));
        }
    }

    /** A stroke of a pen from one random place to another, white on black, as digits are. */
    private static byte[] stroke(Random random) {
        double left = 4 + 12 * random.nextDouble();
        double right = 12 + 12 * random.nextDouble();
        double top = 3 + 6 * random.nextDouble();
        double bottom = 19 + 6 * random.nextDouble();
        double width = 1.5 + random.nextDouble();
        byte[] pixels = new byte[28 * 28];
        for (int i = 0; i < pixels.length; i++) {
            int y = i / 28;
            double x = right + (left - right) * (y - top) / (bottom - top);
            double ink = y < top || y > bottom ? 0 : Math.clamp(width - Math.abs(i % 28 - x), 0, 1);
            pixels[i] = (byte) Math.round(255 * ink);
        }
        return pixels;
    }

    /** Strokes look alike, and their hashes are near; they are not the same all the same. */
    @Test
    void strokesDoNotFloodTheReport() {
        Random random = new Random(9);
        List<byte[]> known =
                IntStream.range(0, 800).mapToObj(i -> stroke(random)).toList();
        List<byte[]> asked = IntStream.range(0, 200)
                .mapToObj(i -> i < 10 ? known.get(70 * i) : stroke(random))
                .toList();
        Shape shape = Shape.of(1, 28, 28);
        try (ImageDataset train = dataset(shape, known);
                ImageDataset test = dataset(shape, asked)) {
            HashedPictures hashed = HashedPictures.of(train);
            HashIndex index = new HashIndex(hashed.hashes());
            int[] near = new int[1];
            for (long hash : HashedPictures.of(test).hashes()) {
                index.near(hash, place -> near[0]++);
            }
            assertTrue(near[0] > 800, "by hashes alone they are near: " + near[0]);
            NearDuplicates duplicates = near(test, train);
            assertTrue(duplicates.pairs().size() <= 20, "at most one in twenty: " + duplicates.pairs());
            for (int i = 0; i < 10; i++) {
                NearDuplicates.Pair pair = duplicates.pairs().get(i);
                assertTrue(pair.found() < 10, "the copies first");
                assertEquals(70 * pair.found(), pair.known());
                assertEquals(1, pair.likeness(), 1e-6);
            }
        }
    }
}
