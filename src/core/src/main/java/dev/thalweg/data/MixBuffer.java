package dev.thalweg.data;

import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * A batch whose pictures are mixed, each with that at the same place in a shuffled order: floats {@code [N, C, H, W]}
 * and targets {@code [N, outputs]}.
 *
 * @param size how many pictures
 * @param shape of one
 * @param images all of them
 * @param outputs how many numbers a row of targets has
 * @param targets of all
 */
public record MixBuffer(int size, Shape shape, MemorySegment images, int outputs, MemorySegment targets) {
    /**
     * {@return with which picture of the batch each is mixed, drawn at random; some with themselves}
     *
     * @param random to draw from
     */
    public int[] partners(SplittableRandom random) {
        return Orders.shuffled(size, random);
    }

    /**
     * Replaces each row of targets t by {@code λ t + (1 − λ) t'}.
     *
     * @param partners with which picture each is mixed
     * @param kept λ, from 0 to 1
     */
    public void mixTargets(int[] partners, float kept) {
        mix(targets, outputs, partners, kept);
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
