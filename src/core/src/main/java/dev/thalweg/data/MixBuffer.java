package dev.thalweg.data;

import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A batch whose pictures are mixed, each with that at the same place in a shuffled order: floats {@code [N, C, H, W]}
 * and targets {@code [N, outputs]}, of each output where there are several.
 *
 * @param size how many pictures
 * @param shape of one
 * @param images all of them
 * @param targets of all, for each output
 */
public record MixBuffer(int size, Shape shape, MemorySegment images, List<MemorySegment> targets) {
    /** Copies the list. */
    public MixBuffer {
        Objects.requireNonNull(images, "images");
        Objects.requireNonNull(shape, "shape");
        targets = List.copyOf(targets);
    }

    /**
     * {@return with which picture of the batch each is mixed, drawn at random; some with themselves}
     *
     * @param random to draw from
     */
    public int[] partners(SplittableRandom random) {
        Objects.requireNonNull(random, "random");
        return Orders.shuffled(size, random);
    }

    /**
     * Replaces each row of targets t, those of all outputs, by {@code λ t + (1 − λ) t'}.
     *
     * @param partners with which picture each is mixed
     * @param kept λ, from 0 to 1
     */
    public void mixTargets(int[] partners, float kept) {
        for (MemorySegment rows : targets) {
            mix(rows, Math.toIntExact(rows.byteSize() / Float.BYTES / size), partners, kept);
        }
    }

    /**
     * Replaces each picture x by {@code λ x + (1 − λ) x'}.
     *
     * @param partners with which picture each is mixed
     * @param kept λ, from 0 to 1
     */
    public void mixImages(int[] partners, float kept) {
        mix(images, shape.arrayLength(), partners, kept);
    }

    private static void mix(MemorySegment rows, int length, int[] partners, float kept) {
        float[] before = rows.toArray(ValueLayout.JAVA_FLOAT);
        float[] after = new float[before.length];
        for (int row = 0; row < partners.length; row++) {
            for (int i = 0; i < length; i++) {
                after[row * length + i] =
                        kept * before[row * length + i] + (1 - kept) * before[partners[row] * length + i];
            }
        }
        MemorySegment.copy(after, 0, rows, ValueLayout.JAVA_FLOAT, 0, after.length);
    }
}
