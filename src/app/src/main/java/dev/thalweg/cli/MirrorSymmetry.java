package dev.thalweg.cli;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.tensor.Shape;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether pictures seen in a mirror are still of their classes, as photos are, and digits are not. Some pictures are
 * asked for the class of the one among others that is most like them (nearest neighbour by squared distances of small
 * grey versions), once as they are and once mirrored: a class keeps where the mirrored ones find it nearly as often.
 */
final class MirrorSymmetry {
    /** How many pictures are looked at; half of them are asked. */
    private static final int MOST = 800;
    /** The most rows and columns of the small versions. */
    private static final int SIDE = 16;
    /** How often a class must be found by mirrored pictures, as a part of how often by those as they are. */
    private static final double NEARLY = 0.8;

    private record Small(int label, float[] pixels) {}

    private final int rows;
    private final int columns;
    private final int classes;
    private final List<Small> known;
    private final List<Small> asked;
    private boolean coloured;

    private MirrorSymmetry(ImageDataset pictures) {
        classes = pictures.targets().outputs();
        rows = Math.min(SIDE, pictures.imageShape().dim(1));
        columns = Math.min(SIDE, pictures.imageShape().dim(2));
        List<Small> some = some(pictures);
        known = some.subList(0, some.size() / 2);
        asked = some.subList(some.size() / 2, some.size());
    }

    private List<Small> some(ImageDataset pictures) {
        // In their own order, classes might lie in turns.
        ImageDataset shuffled = pictures.shuffled(0);
        List<Small> some = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST, shuffled.size()); i++) {
            try {
                some.add(new Small(shuffled.label(i), small(shuffled.imageShape(), shuffled.pixels(i))));
            } catch (UncheckedIOException damaged) {
                // Who reads the pictures to learn from tells all that are, at once.
            }
        }
        return some;
    }

    /**
     * Looks at pictures.
     *
     * @param pictures of classes
     * @return whether mirrored ones are of their classes; where too few classes are found at all to tell, whether the
     *         pictures have colours
     */
    static boolean of(ImageDataset pictures) {
        return new MirrorSymmetry(pictures).holds();
    }

    private boolean holds() {
        int[] straight = found(false);
        int[] mirrored = found(true);
        int all = IntStream.of(straight).sum();
        // By chance, one in as many as there are classes is found.
        if (all < 2.0 * asked.size() / classes && classes > 2 || asked.size() < classes) {
            return coloured;
        }
        long kept = asked.stream()
                .filter(picture -> mirrored[picture.label()] >= NEARLY * straight[picture.label()])
                .count();
        return 2 * kept >= asked.size();
    }

    /** How many pictures of each class find it. */
    private int[] found(boolean mirrored) {
        int[] found = new int[classes];
        for (Small picture : asked) {
            float[] seen = mirrored ? mirrored(picture.pixels()) : picture.pixels();
            boolean right = known.stream()
                    .min(Comparator.comparingDouble(other -> distance(seen, other.pixels())))
                    .filter(nearest -> nearest.label() == picture.label())
                    .isPresent();
            found[picture.label()] += right ? 1 : 0;
        }
        return found;
    }

    private static double distance(float[] one, float[] other) {
        double distance = 0;
        for (int p = 0; p < one.length; p++) {
            double difference = one[p] - other[p];
            distance += difference * difference;
        }
        return distance;
    }

    /** A picture in grey, of {@link #rows} and {@link #columns}, by means of what falls into each. */
    private float[] small(Shape shape, MemorySegment pixels) {
        int height = shape.dim(1);
        int width = shape.dim(2);
        float[] small = new float[rows * columns];
        int[] counts = new int[small.length];
        for (int at = 0; at < height * width; at++) {
            int place = at / width * rows / height * columns + at % width * columns / width;
            int first = level(pixels, at);
            for (int channel = 0; channel < shape.dim(0); channel++) {
                int level = level(pixels, (long) channel * height * width + at);
                coloured |= level != first;
                small[place] += level;
            }
            counts[place] += shape.dim(0);
        }
        for (int place = 0; place < small.length; place++) {
            small[place] /= counts[place];
        }
        return small;
    }

    private float[] mirrored(float[] small) {
        float[] mirrored = new float[small.length];
        for (int at = 0; at < small.length; at++) {
            mirrored[at] = small[at - at % columns + columns - 1 - at % columns];
        }
        return mirrored;
    }

    private static int level(MemorySegment pixels, long at) {
        return Byte.toUnsignedInt(pixels.get(ValueLayout.JAVA_BYTE, at));
    }
}
