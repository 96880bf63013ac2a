package dev.thalweg.cli;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

    private final int rows;
    private final int columns;
    private final float[][] known;
    private final float[][] asked;
    private final float[][] mirrored;
    private final int[] knownLabels;
    private final int[] askedLabels;
    private final int classes;
    private boolean coloured;

    private MirrorSymmetry(ImageDataset pictures) {
        int half = Math.min(MOST, pictures.size()) / 2;
        // In their own order, classes might lie in turns.
        ImageDataset some = pictures.shuffled(0);
        classes = pictures.targets().outputs();
        rows = Math.min(SIDE, pictures.imageShape().dim(1));
        columns = Math.min(SIDE, pictures.imageShape().dim(2));
        known = small(some, 0, half);
        asked = small(some, half, half);
        mirrored = Stream.of(asked).map(this::mirrored).toArray(float[][]::new);
        knownLabels = IntStream.range(0, half).map(some::label).toArray();
        askedLabels = IntStream.range(half, 2 * half).map(some::label).toArray();
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
        int[] straight = found(asked);
        int[] seenInMirror = found(mirrored);
        int all = IntStream.of(straight).sum();
        // By chance, one in as many as there are classes is found.
        if (all < 2.0 * asked.length / classes && classes > 2 || asked.length < classes) {
            return coloured;
        }
        int kept = 0;
        for (int label : askedLabels) {
            kept += seenInMirror[label] >= NEARLY * straight[label] ? 1 : 0;
        }
        return 2 * kept >= askedLabels.length;
    }

    /** How many pictures of each class find it. */
    private int[] found(float[][] pictures) {
        int[] found = new int[classes];
        for (int i = 0; i < pictures.length; i++) {
            if (knownLabels[nearest(pictures[i])] == askedLabels[i]) {
                found[askedLabels[i]]++;
            }
        }
        return found;
    }

    private int nearest(float[] picture) {
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < known.length; i++) {
            double distance = 0;
            for (int p = 0; p < picture.length; p++) {
                double difference = picture[p] - known[i][p];
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                nearest = i;
            }
        }
        return nearest;
    }

    private float[][] small(ImageDataset pictures, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> small(pictures.imageShape(), pictures.pixels(i)))
                .toArray(float[][]::new);
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
