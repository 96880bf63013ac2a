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
 * @param epoch from 0
 * @param drawSeed of what is drawn to change them in this epoch
 * @param lastingSeed of what is drawn to change them in all epochs
 */
record EpochOrder(int[] pictures, int[] repeats, int epoch, long drawSeed, long lastingSeed) {
    /** Nothing, before the first epoch. */
    static final EpochOrder NONE = new EpochOrder(new int[0], new int[0], 0, 0, 0);

    /** No epoch, whose random numbers are for what is the same in all. */
    private static final int BEFORE_ALL = -1;

    /** Asks a sampler, and checks what it says. */
    static EpochOrder of(Sampler sampler, Targets targets, long seed, int epoch) {
        SplittableRandom random = randomOf(seed, epoch);
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
        return new EpochOrder(
                pictures,
                repeats,
                epoch,
                random.nextLong(),
                randomOf(seed, BEFORE_ALL).nextLong());
    }

    private static SplittableRandom randomOf(long seed, int epoch) {
        return new SplittableRandom(Seeds.of(epoch, seed));
    }

    /** What a picture is changed by in this epoch. */
    SplittableRandom draws(int at) {
        return drawsOf(drawSeed, at);
    }

    /** What a picture is changed by in all epochs. */
    SplittableRandom lastingDraws(int at) {
        return drawsOf(lastingSeed, at);
    }

    /** Mixed, as the numbers of neighbours were the same otherwise but for the first: they count in such steps too. */
    private SplittableRandom drawsOf(long seed, int at) {
        return new SplittableRandom(Seeds.mixed(Seeds.of(seed, place(at))));
    }

    /** A picture that is there again is changed as one that stands behind all others, in a way of its own. */
    private long place(int at) {
        return pictures[at] + (long) repeats[at] * pictures.length;
    }
}
