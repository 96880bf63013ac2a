package dev.thalweg.data;

import java.util.SplittableRandom;

/** Orders of pictures. */
final class Orders {
    private Orders() {}

    static int[] own(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        return order;
    }

    /** A random order (Fisher and Yates). */
    static int[] shuffled(int count, SplittableRandom random) {
        int[] order = own(count);
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}
