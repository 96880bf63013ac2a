package dev.thalweg.data;

import dev.thalweg.random.Seeds;
import dev.thalweg.text.Counted;
import dev.thalweg.text.Returned;
import java.util.SplittableRandom;

/**
 * The pictures of an epoch in their order.
 *
 * @param pictures their places in the data set
 * @param repeats how many times each was there before in this epoch
 * @param drawSeed of what is drawn to change them
 */
record EpochOrder(int[] pictures, int[] repeats, long drawSeed) {
    /** Nothing, before the first epoch. */
    static final EpochOrder NONE = new EpochOrder(new int[0], new int[0], 0);

    /** Asks a sampler, and checks what it says. */
    static EpochOrder of(Sampler sampler, Targets targets, SplittableRandom random) {
        int size = targets.size();
        int[] pictures =
                Returned.by(sampler, "order", sampler.order(targets, random)).clone();
        if (pictures.length != size) {
            throw new IllegalArgumentException("the sampler " + sampler + " chose "
                    + Counted.of(pictures.length, "picture") + ", expected as many as there are, " + size);
        }
        int[] seen = new int[size];
        int[] repeats = new int[size];
        for (int i = 0; i < size; i++) {
            int picture = pictures[i];
            if (picture < 0 || picture >= size) {
                throw new IllegalArgumentException(
                        "the sampler " + sampler + " chose picture " + picture + ", expected 0 to " + (size - 1));
            }
            repeats[i] = seen[picture]++;
        }
        return new EpochOrder(pictures, repeats, random.nextLong());
    }

    /** A picture that is there again is changed as one that stands behind all others, in a way of its own. */
    long seedOf(int at) {
        return Seeds.of(drawSeed, pictures[at] + (long) repeats[at] * pictures.length);
    }
}
