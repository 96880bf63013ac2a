package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MirrorSymmetryTest {
    private static final int SIDE = 12;
    private static final List<String> TURNED_BY_A_MIRROR = List.of("X..X..XXX", "..X..XXXX", "XXXX..X..", "XXX..X..X");
    private static final List<String> THE_SAME = List.of(".X..X.XXX", "X.XXXXX.X", "XXX.X..X.", ".X.XXX.X.");

    /** Glyphs of three times three fields, each at some place and of some strength; many have a little colour. */
    private static ImageDataset glyphs(List<String> classes, int count, int channels) {
        int[] labels = IntStream.range(0, count).map(i -> i % classes.size()).toArray();
        return ImageDataset.of(
                "glyphs",
                Shape.of(channels, SIDE, SIDE),
                classes.stream().map(glyph -> "a " + glyph).toList(),
                labels,
                (index, pixels) -> {
                    SplittableRandom random = new SplittableRandom(index);
                    int left = random.nextInt(3);
                    int top = random.nextInt(3);
                    byte[] bytes = new byte[channels * SIDE * SIDE];
                    for (int at = 0; at < SIDE * SIDE; at++) {
                        int row = at / SIDE - top;
                        int column = at % SIDE - left;
                        boolean within = row >= 0 && row < 9 && column >= 0 && column < 9;
                        boolean inked = within && classes.get(labels[index]).charAt(row / 3 * 3 + column / 3) == 'X';
                        int level = (inked ? 150 : 0) + random.nextInt(60);
                        for (int channel = 0; channel < channels; channel++) {
                            bytes[channel * SIDE * SIDE + at] = (byte) (level + (classes.size() > 4 ? channel : 0));
                        }
                    }
                    pixels.copyFrom(MemorySegment.ofArray(bytes));
                });
    }

    private static boolean mirrors(List<String> classes, int count, int channels) {
        try (ImageDataset pictures = glyphs(classes, count, channels)) {
            return MirrorSymmetry.of(pictures);
        }
    }

    @Test
    void glyphsThatAMirrorMakesOthersAreTold() {
        for (int channels : new int[] {1, 3}) {
            assertFalse(mirrors(TURNED_BY_A_MIRROR, 400, channels));
            assertTrue(mirrors(THE_SAME, 400, channels));
        }
    }

    /** Shapes turned by up to thirty degrees to either side. */
    @Test
    void shapesAreTheSame() {
        try (DataSplit shapes = ShapesDataset.generate(600, 10, 1)) {
            assertTrue(MirrorSymmetry.of(shapes.train()));
        }
    }

    /** As many classes as pictures: what has colours may be a photo. */
    @Test
    void whereNothingTellsColoursDo() {
        List<String> many = IntStream.range(0, 512)
                .mapToObj(i -> String.format("%9s", Integer.toBinaryString(i))
                        .replace(' ', '.')
                        .replace('0', '.')
                        .replace('1', 'X'))
                .toList();
        assertFalse(mirrors(many, 512, 1));
        assertTrue(mirrors(many, 512, 3));
        assertFalse(mirrors(THE_SAME, 4, 3), "in grey, though of three channels");
    }
}
