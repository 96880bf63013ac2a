package dev.thalweg.report;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Finds, among hashes of 64 bits, all that differ in at most seven from another, without looking at all: of eight parts
 * of eight bits at least one is the same then (Norouzi, Punjani and Fleet, Fast Search in Hamming Space with
 * Multi-Index Hashing, CVPR 2012).
 */
final class HashIndex {
    /** In how many bits hashes may differ. */
    static final int DISTANCE = 7;

    private static final int PARTS = DISTANCE + 1;
    private static final int VALUES = 1 << Long.SIZE / PARTS;
    /** Of one part; those of the others lie beside them: each part has low and high frequencies. */
    private static final long BITS = 0x0101_0101_0101_0101L;

    private final long[] hashes;
    /** By part, where in its places those of a value begin. */
    private final int[][] begins = new int[PARTS][];
    /** By part, all places of hashes, ordered by its value. */
    private final int[][] places = new int[PARTS][];

    HashIndex(long... hashes) {
        this.hashes = hashes.clone();
        for (int part = 0; part < PARTS; part++) {
            int[] begin = new int[VALUES + 1];
            for (long hash : hashes) {
                begin[part(hash, part) + 1]++;
            }
            Arrays.parallelPrefix(begin, Integer::sum);
            int[] next = begin.clone();
            int[] ordered = new int[hashes.length];
            for (int place : IntStream.range(0, hashes.length).toArray()) {
                ordered[next[part(hashes[place], part)]++] = place;
            }
            begins[part] = begin;
            places[part] = ordered;
        }
    }

    private static int part(long hash, int part) {
        return (int) Long.compress(hash, BITS << part);
    }

    /** Gives the place of each near hash, once. */
    void near(long hash, IntConsumer found) {
        for (int part = 0; part < PARTS; part++) {
            int value = part(hash, part);
            for (int i = begins[part][value]; i < begins[part][value + 1]; i++) {
                int place = places[part][i];
                long difference = hash ^ hashes[place];
                if (Long.bitCount(difference) <= DISTANCE && firstSame(difference) == part) {
                    found.accept(place);
                }
            }
        }
    }

    /** The part by which a hash is found; others that are the same as well find it again. */
    private static int firstSame(long difference) {
        int part = 0;
        while ((difference & BITS << part) != 0) {
            part++;
        }
        return part;
    }
}
