package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is drawn of the space; how strong it is is compared with torchvision. */
class ChangeSpaceTest {
    private static final int DRAWS = 28_000;

    /** A picture whose pixels all differ. */
    private static PixelBuffer picture() {
        PixelBuffer p = new PixelBuffer(3, 5, 6);
        for (int i = 0; i < p.pixels.length; i++) {
            p.pixels[i] = 2 * i + 1;
        }
        return p;
    }

    /** Five standard deviations of a count of draws. */
    private static void assertShare(double share, int all, int count, Object what) {
        assertEquals(all * share, count, 5 * Math.sqrt(all * share * (1 - share)), () -> "" + what);
    }

    @Test
    void allChangesAreDrawnEquallyOftenAndToEitherSide() {
        SplittableRandom random = new SplittableRandom(3);
        Map<PictureChange, Integer> counts = new HashMap<>();
        Map<PictureChange, Integer> negative = new HashMap<>();
        for (int i = 0; i < DRAWS; i++) {
            DrawnChange drawn = ChangeSpace.WIDE.draw(12, 32, 32, random);
            counts.merge(drawn.change(), 1, Integer::sum);
            negative.merge(drawn.change(), drawn.magnitude() < 0 ? 1 : 0, Integer::sum);
        }
        assertEquals(14, counts.size());
        counts.forEach((change, count) -> {
            assertShare(1 / 14.0, DRAWS, count, change);
            if (change.isSigned()) {
                assertShare(0.5, count, negative.get(change), change);
            } else {
                assertEquals(0, negative.get(change));
            }
        });
    }

    /** Each that makes another picture comes up; that one of them does not has a chance of 1e-7. */
    @Test
    void whatIsAppliedIsOneChangeOfAnyMagnitude() {
        Map<String, DrawnChange> known = new HashMap<>();
        for (int step = 0; step < ChangeSpace.STEPS; step++) {
            for (int seed = 0; seed < 300; seed++) {
                DrawnChange drawn = ChangeSpace.WIDE.draw(step, 5, 6, new SplittableRandom(seed));
                PixelBuffer p = picture();
                drawn.apply(p);
                known.put(Arrays.toString(p.pixels), drawn);
            }
        }
        Map<DrawnChange, Integer> met = new HashMap<>();
        for (int seed = 0; seed < 20_000; seed++) {
            PixelBuffer p = picture();
            new TrivialAugment().apply(p, new SplittableRandom(seed));
            String got = Arrays.toString(p.pixels);
            assertTrue(known.containsKey(got), () -> "no change makes " + got);
            met.merge(known.get(got), 1, Integer::sum);
        }
        assertEquals(known.values().stream().distinct().count(), met.size());
    }

    @Test
    void severalChangesActAfterEachOther() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            PixelBuffer expected = picture();
            ChangeSpace.NARROW.draw(9, 5, 6, random).apply(expected);
            ChangeSpace.NARROW.draw(9, 5, 6, random).apply(expected);
            PixelBuffer got = picture();
            new RandAugment().apply(got, new SplittableRandom(seed));
            assertArrayEquals(expected.pixels, got.pixels);
        }
    }

    @Test
    void settingsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new RandAugment(0, 9));
        assertThrows(IllegalArgumentException.class, () -> new RandAugment(2, -1));
        assertThrows(IllegalArgumentException.class, () -> new RandAugment(2, 31));
        assertFalse(new RandAugment(2, 30).equals(new RandAugment()));
        assertEquals("RandAugment[changes=2, magnitude=9]", new RandAugment().toString());
    }
}
