package dev.thalweg.train;

import dev.thalweg.collective.Collective;
import dev.thalweg.data.BatchPart;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the replicas of a training tell each other beside gradients. The first leads: what it decides goes for all.
 *
 * @param collective this replica among the others
 */
record Replicas(Collective collective) {
    /** One that is alone. */
    static final Replicas NONE = new Replicas(Collective.ALONE);

    private static final int LEADER = 0;

    boolean areSeveral() {
        return collective.size() > 1;
    }

    boolean leads() {
        return collective.rank() == LEADER;
    }

    /** Sums over all replicas, added in the order of their ranks. */
    double[] sums(double... own) {
        double[] all = new double[Math.multiplyExact(own.length, collective.size())];
        collective.allGather(MemorySegment.ofArray(own), MemorySegment.ofArray(all));
        double[] sums = new double[own.length];
        for (int i = 0; i < all.length; i++) {
            sums[i % own.length] += all[i];
        }
        return sums;
    }

    /** Sums over all replicas, which have numbers of the same names in the same order. */
    Map<String, Double> sums(Map<String, Double> own) {
        double[] sums =
                sums(own.values().stream().mapToDouble(Double::doubleValue).toArray());
        Map<String, Double> named = new LinkedHashMap<>();
        own.keySet().forEach(name -> named.put(name, sums[named.size()]));
        return named;
    }

    /** The rows that all replicas have of their parts of a batch, in the order of its pictures. */
    List<float[]> rows(List<float[]> own, BatchPart part) {
        if (!areSeveral()) {
            return own;
        }
        int length = own.getFirst().length;
        float[] padded = new float[Math.multiplyExact(length, Math.ceilDiv(part.whole(), collective.size()))];
        for (int i = 0; i < part.size(); i++) {
            System.arraycopy(own.get(i), 0, padded, i * length, length);
        }
        float[] all = new float[Math.multiplyExact(padded.length, collective.size())];
        collective.allGather(MemorySegment.ofArray(padded), MemorySegment.ofArray(all));
        List<float[]> rows = new ArrayList<>();
        for (int rank = 0; rank < collective.size(); rank++) {
            int size = BatchPart.of(part.whole(), rank, collective.size()).size();
            for (int i = 0; i < size; i++) {
                int from = rank * padded.length + i * length;
                rows.add(Arrays.copyOfRange(all, from, from + length));
            }
        }
        return rows;
    }

    /** What the leader has of these numbers. */
    double[] ofLeader(double... own) {
        double[] numbers = own.clone();
        collective.broadcast(MemorySegment.ofArray(numbers), LEADER);
        return numbers;
    }

    /** Puts what the leader has in the place of numbers. */
    void takeOver(List<float[]> numbers) {
        numbers.forEach(each -> collective.broadcast(MemorySegment.ofArray(each), LEADER));
    }

    /**
     * Refuses replicas that do other things.
     *
     * @param course what this one does, in lines that shall be the same in all
     * @throws IllegalArgumentException in all replicas, if two differ
     */
    void checkAlike(List<String> course) {
        List<String> all = gathered(String.join("\n", course));
        for (int rank = 0; rank < all.size(); rank++) {
            List<String> theirs = all.get(rank).lines().toList();
            List<String> leader = all.get(LEADER).lines().toList();
            if (!theirs.equals(leader)) {
                int line = IntStream.range(0, Math.min(theirs.size(), leader.size()))
                        .filter(i -> !theirs.get(i).equals(leader.get(i)))
                        .findFirst()
                        .orElse(Math.min(theirs.size(), leader.size()) - 1);
                throw new IllegalArgumentException("expected the same model, pictures and options in all replicas of a"
                        + " training, got in replica " + rank + " " + theirs.get(line) + ", in replica " + LEADER + " "
                        + leader.get(line));
            }
        }
    }

    /** Whether some words are the same in all replicas. */
    boolean agreeOn(String words) {
        return gathered(words).stream().distinct().count() == 1;
    }

    private List<String> gathered(String own) {
        byte[] text = own.getBytes(StandardCharsets.UTF_8);
        int[] lengths = new int[collective.size()];
        collective.allGather(MemorySegment.ofArray(new int[] {text.length}), MemorySegment.ofArray(lengths));
        int longest = Arrays.stream(lengths).max().orElseThrow();
        byte[] all = new byte[Math.multiplyExact(longest, collective.size())];
        collective.allGather(MemorySegment.ofArray(Arrays.copyOf(text, longest)), MemorySegment.ofArray(all));
        return IntStream.range(0, lengths.length)
                .mapToObj(rank -> new String(all, rank * longest, lengths[rank], StandardCharsets.UTF_8))
                .toList();
    }
}
