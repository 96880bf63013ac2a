package dev.thalweg.data;

import dev.thalweg.text.Counted;
import java.util.SplittableRandom;

/** Orders of pictures. */
final class Orders {
    private Orders() {}

    /** {@return the numbers from the first to below the last, in order} */
    static int[] range(int from, int to) {
        int[] order = new int[to - from];
        for (int i = 0; i < order.length; i++) {
            order[i] = from + i;
        }
        return order;
    }

    /** Checks a count of pictures. */
    static int checked(String what, int count, int least, int most) {
        if (count < least || count > most) {
            throw new IllegalArgumentException(what + ": expected "
                    + (most == Integer.MAX_VALUE
                            ? "at least " + Counted.of(least, "picture")
                            : least + " to " + Counted.of(most, "picture"))
                    + ", got " + count);
        }
        return count;
    }

    /** A random order (Fisher and Yates). */
    static int[] shuffled(int count, SplittableRandom random) {
        int[] order = range(0, count);
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}
