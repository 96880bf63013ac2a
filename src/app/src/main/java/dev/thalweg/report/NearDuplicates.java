package dev.thalweg.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Pictures of one part that are nearly those of another: their perceptual hashes differ in at most
 * {@value HashIndex#DISTANCE} bits of 64, and their pixels go together, far more than with pictures that are not the
 * same. Where all pictures have the same outline, as two shirts or two strokes of a pen, hashes alone would name most
 * of them.
 *
 * @param pairs for each picture that has near duplicates the nearest of these, the most alike first
 * @param plain how many pictures, of nearly one grey, were not looked for
 */
record NearDuplicates(List<Pair> pairs, int plain) {
    /** Least correlation of the pixels of near duplicates. */
    static final double LEAST = 0.85;
    /** How far from 1 their correlation may be, as a part of what it is for the most alike of other pictures. */
    static final double PART = 0.2;
    /** From this on pictures are the same, whatever others are. */
    private static final double SAME = 0.9999;
    /** How many others are looked at. */
    private static final int OTHERS = 512;

    /**
     * Two pictures that are nearly the same.
     *
     * @param known index in the part that was looked in
     * @param found index in the other part
     * @param likeness correlation of their grey pixels
     */
    record Pair(int known, int found, double likeness) {}

    /** Looks for the pictures of one part in another. */
    static NearDuplicates of(HashedPictures found, HashedPictures known) {
        int[] among = known.told();
        int[] wanted = found.told();
        HashIndex index = new HashIndex(
                IntStream.of(among).mapToLong(i -> known.hashes()[i]).toArray());
        List<Pair> likely = IntStream.of(wanted)
                .parallel()
                .mapToObj(i -> nearest(i, found, index, among, known))
                .flatMap(Optional::stream)
                .toList();
        List<Other> others = likely.isEmpty() ? List.of() : others(known, among);
        List<Pair> pairs = likely.parallelStream()
                .filter(pair -> pair.likeness() >= SAME
                        || 1 - pair.likeness() <= PART * (1 - greatest(pair.found(), found, others)))
                .sorted(Comparator.comparingDouble(Pair::likeness).reversed().thenComparingInt(Pair::found))
                .toList();
        return new NearDuplicates(pairs, found.hashes().length - wanted.length);
    }

    private static Optional<Pair> nearest(
            int wanted, HashedPictures found, HashIndex index, int[] among, HashedPictures known) {
        List<Integer> candidates = new ArrayList<>();
        index.near(found.hashes()[wanted], place -> candidates.add(among[place]));
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        GreyPicture picture = GreyPicture.of(found.pictures(), wanted);
        return candidates.stream()
                .map(i -> new Pair(i, wanted, picture.correlation(GreyPicture.of(known.pictures(), i))))
                .filter(pair -> pair.likeness() >= LEAST)
                .max(Comparator.comparingDouble(Pair::likeness));
    }

    /** A picture as any other. */
    private record Other(long hash, GreyPicture picture) {}

    private static List<Other> others(HashedPictures known, int... among) {
        int count = Math.min(OTHERS, among.length);
        return IntStream.range(0, count)
                .map(i -> among[(int) ((long) i * among.length / count)])
                .parallel()
                .mapToObj(i -> new Other(known.hashes()[i], GreyPicture.of(known.pictures(), i)))
                .toList();
    }

    /** How like a picture the most alike of those is whose hash is another. */
    private static double greatest(int wanted, HashedPictures found, List<Other> others) {
        GreyPicture picture = GreyPicture.of(found.pictures(), wanted);
        return others.stream()
                .filter(other -> Long.bitCount(other.hash() ^ found.hashes()[wanted]) > HashIndex.DISTANCE)
                .mapToDouble(other -> picture.correlation(other.picture()))
                .max()
                .orElse(0);
    }
}
