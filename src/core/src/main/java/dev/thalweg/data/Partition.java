package dev.thalweg.data;

import dev.thalweg.files.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How the pictures of a folder were parted: enough to part the same ones in the same way again, and to tell other
 * folders from this. It names no file.
 *
 * @param listing SHA-256, as 64 hexadecimal digits, of the names (from the folder on) and sizes of all pictures
 * @param seed by which pictures were drawn
 * @param testShare of each class' pictures that is kept for the test, from 0 to below 1; 0 where a sub-folder holds the
 *         test pictures
 * @param validationShare of each class' other pictures to validate with, from 0 to below 1; 0 where there are none, or
 *         a sub-folder holds them
 * @param sample the least hashes of names and sizes of the pictures that were not kept for the test: by them is
 *         estimated how many pictures of another folder are among these (Broder, On the resemblance and containment of
 *         documents, 1997)
 */
public record Partition(String listing, long seed, double testShare, double validationShare, List<Long> sample) {
    private static final int SAMPLE = 128;

    /** Which pictures, by their indices in a list, are for what. */
    record Indices(int[] train, int[] validation, int[] test) {}

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if a share is not from 0 to below 1, or {@code listing} not of 64 hexadecimal
     *         digits
     */
    public Partition {
        Objects.requireNonNull(listing, "listing");
        Objects.requireNonNull(sample, "sample");
        checkShare("test", testShare);
        checkShare("validation", validationShare);
        if (!listing.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("expected a listing of 64 hexadecimal digits, got " + listing);
        }
        sample = List.copyOf(sample);
    }

    static double checkShare(String name, double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("the " + name + " share must be from 0 to below 1, got " + share);
        }
        return share;
    }

    static Partition of(List<LabelledFile> files, long seed, double testShare, double validationShare) {
        Partition partition = new Partition(listingOf(files), seed, testShare, validationShare, List.of());
        Indices indices = partition.part(files);
        IntStream learntFrom = IntStream.concat(IntStream.of(indices.train()), IntStream.of(indices.validation()));
        List<Long> sample = hashes(learntFrom.mapToObj(files::get).toList()).stream()
                .sorted(Long::compareUnsigned)
                .limit(SAMPLE)
                .toList();
        return new Partition(partition.listing(), seed, testShare, validationShare, sample);
    }

    /** Parts the pictures of a folder; the same ones always in the same way. A class of one picture is trained on. */
    Indices part(List<LabelledFile> files) {
        Map<String, List<Integer>> pools = new TreeMap<>();
        List<Integer> train = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            switch (files.get(i).part().orElse(Part.TRAIN)) {
                case VALIDATION -> validation.add(i);
                case TEST -> test.add(i);
                case TRAIN ->
                    pools.computeIfAbsent(files.get(i).className(), name -> new ArrayList<>())
                            .add(i);
            }
        }
        Random random = new Random(seed);
        for (List<Integer> pool : pools.values()) {
            Collections.shuffle(pool, random);
            test.addAll(take(pool, testShare));
            validation.addAll(take(pool, validationShare));
            train.addAll(pool);
        }
        return new Indices(sorted(train), sorted(validation), sorted(test));
    }

    private static List<Integer> take(List<Integer> pool, double share) {
        int count = share == 0 || pool.size() < 2 ? 0 : Math.clamp(Math.round(pool.size() * share), 1, pool.size() - 1);
        List<Integer> some = pool.subList(0, count);
        List<Integer> taken = List.copyOf(some);
        some.clear();
        return taken;
    }

    private static int[] sorted(Collection<Integer> indices) {
        return indices.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** {@return whether these are the very pictures that were parted} */
    boolean isOf(List<LabelledFile> files) {
        return listing.equals(listingOf(files));
    }

    /**
     * {@return an estimate, from 0 to 1, of how many of these pictures were among those trained on or validated with}
     */
    double shareKnown(List<LabelledFile> files) {
        Set<Long> known = new HashSet<>(sample);
        boolean complete = sample.size() < SAMPLE;
        List<Long> comparable = hashes(files).stream()
                .filter(hash -> complete || Long.compareUnsigned(hash, sample.getLast()) <= 0)
                .toList();
        return comparable.isEmpty()
                ? 0
                : (double) comparable.stream().filter(known::contains).count() / comparable.size();
    }

    private static Set<Long> hashes(List<LabelledFile> files) {
        MessageDigest digest = Digests.sha256();
        Set<Long> hashes = new HashSet<>();
        files.forEach(file ->
                hashes.add(ByteBuffer.wrap(digest.digest(file.identity().getBytes(StandardCharsets.UTF_8)))
                        .getLong()));
        return hashes;
    }

    private static String listingOf(List<LabelledFile> files) {
        MessageDigest digest = Digests.sha256();
        files.forEach(file -> Digests.update(digest, file.name() + " " + file.size()));
        return HexFormat.of().formatHex(digest.digest());
    }
}
