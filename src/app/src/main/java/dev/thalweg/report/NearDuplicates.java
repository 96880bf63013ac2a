package dev.thalweg.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Pictures of one part that are nearly those of another: their perceptual hashes differ in at most
 * {@value HashIndex#DISTANCE} bits of 64, and their pixels go together, far more than with pictures that are not the
 * same: those with another hash, and those behind the first few with nearly the same. Where all pictures have the same
 * outline, as shirts or strokes of a pen, hashes alone would name most of them.
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
    /** How often the same picture may stand in a part; what more are alike are a crowd. */
    private static final int COPIES = 8;
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
        List<Likely> likely = IntStream.of(wanted)
                .parallel()
                .mapToObj(i -> likely(i, found, index, among, known))
                .flatMap(Optional::stream)
                .toList();
        List<Other> others = likely.isEmpty() ? List.of() : others(known, among);
        List<Pair> pairs = likely.parallelStream()
                .filter(one -> one.pair().likeness() >= SAME
                        || 1 - one.pair().likeness()
                                <= PART
                                        * (1
                                                - Math.max(
                                                        one.crowd(),
                                                        greatest(one.pair().found(), found, others))))
                .map(Likely::pair)
                .sorted(Comparator.comparingDouble(Pair::likeness).reversed().thenComparingInt(Pair::found))
                .toList();
        return new NearDuplicates(pairs, found.hashes().length - wanted.length);
    }

    /** A pair that hashes and pixels speak for, and how alike those are that stand behind all copies there may be. */
    private record Likely(Pair pair, double crowd) {}

    private static Optional<Likely> likely(
            int wanted, HashedPictures found, HashIndex index, int[] among, HashedPictures known) {
        List<Integer> near = new ArrayList<>();
        index.near(found.hashes()[wanted], place -> near.add(among[place]));
        if (near.isEmpty()) {
            return Optional.empty();
        }
        GreyPicture picture = GreyPicture.of(found.pictures(), wanted);
        List<Pair> pairs = near.stream()
                .map(i -> new Pair(i, wanted, picture.correlation(GreyPicture.of(known.pictures(), i))))
                .sorted(Comparator.comparingDouble(Pair::likeness).reversed().thenComparingInt(Pair::known))
                .toList();
        double crowd = pairs.size() > COPIES ? pairs.get(COPIES).likeness() : 0;
        return Optional.of(new Likely(pairs.getFirst(), crowd))
                .filter(one -> one.pair().likeness() >= LEAST);
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
