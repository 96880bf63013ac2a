package dev.thalweg.backend.winograd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Arrays that a thread computes with. Those who compute one after another take them from one pool, so that there are as
 * many as one of them needs, and not as many as all of them.
 */
public final class Scratch {
    /** Arrays by their lengths. For one thread at a time. */
    public static final class Pool {
        private final Map<Integer, List<float[]>> arrays = new HashMap<>();

        /** Starts without any. */
        public Pool() {}

        /** {@return the arrays for somebody who computes while no other user of the pool does} */
        public Scratch open() {
            return new Scratch(this);
        }

        private float[] array(int length, int index) {
            List<float[]> known = arrays.computeIfAbsent(length, _ -> new ArrayList<>());
            if (index == known.size()) {
                known.add(new float[length]);
            }
            return known.get(index);
        }
    }

    private final Pool pool;
    private final Map<Integer, Integer> taken = new HashMap<>();

    private Scratch(Pool pool) {
        this.pool = pool;
    }

    /** An array that this has not given yet, with anything in it. */
    float[] array(int length) {
        return pool.array(length, taken.merge(length, 1, Integer::sum) - 1);
    }

    /** So many arrays. */
    float[][] arrays(int count, int length) {
        float[][] arrays = new float[count][];
        for (int i = 0; i < count; i++) {
            arrays[i] = array(length);
        }
        return arrays;
    }
}
