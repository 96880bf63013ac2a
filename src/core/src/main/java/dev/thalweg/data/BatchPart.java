package dev.thalweg.data;

import dev.thalweg.text.Counted;

/**
 * Which pictures of a whole batch one of several replicas computes: some that stand side by side.
 *
 * @param first the place of the first of them in the batch, from 0
 * @param size how many of them count; 0 where the batch has fewer pictures than there are replicas: then one is
 *     computed that counts in another replica
 * @param whole how many pictures the batch has in all replicas, at least 1
 */
public record BatchPart(int first, int size, int whole) {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if the part does not lie within the batch
     */
    public BatchPart {
        if (first < 0 || size < 0 || whole < 1 || (long) first + Math.max(1, size) > whole) {
            throw new IllegalArgumentException("a part of a batch: expected pictures that the batch has, got "
                    + Counted.of(size, "picture") + " from " + first + " on of " + whole);
        }
    }

    /**
     * {@return a batch that is whole}
     *
     * @param size how many pictures it has
     */
    public static BatchPart whole(int size) {
        return new BatchPart(0, size, size);
    }

    /**
     * {@return the part of one replica: parts stand in the order of the ranks and differ by at most one picture}
     *
     * @param whole how many pictures the batch has
     * @param rank which replica, from 0
     * @param replicas how many there are
     */
    public static BatchPart of(int whole, int rank, int replicas) {
        int from = bound(whole, rank, replicas);
        int to = bound(whole, rank + 1, replicas);
        return new BatchPart(Math.min(from, whole - 1), to - from, whole);
    }

    private static int bound(int whole, int rank, int replicas) {
        return (int) ((long) whole * rank / replicas);
    }

    /**
     * {@return how many pictures are computed}
     */
    public int computed() {
        return Math.max(1, size);
    }

    /**
     * {@return by how much a mean over the pictures computed counts in the mean over the whole batch, from 0 to 1}
     */
    public float share() {
        return (float) size / whole;
    }
}
