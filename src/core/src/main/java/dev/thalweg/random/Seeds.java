package dev.thalweg.random;

/** Keeps apart the random numbers of what is drawn for one seed: epochs, pictures, steps. */
public final class Seeds {
    /**
     * 2<sup>64</sup> divided by the golden ratio, odd: its multiples lie as far from each other as can be (Knuth, The
     * Art of Computer Programming, volume 3, section 6.4). SplitMix64 counts in steps of it.
     */
    public static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /**
     * {@return a seed for one of many}
     *
     * @param seed of all
     * @param index which, from 0; it has the seed of all
     */
    public static long of(long seed, long index) {
        return seed + index * GOLDEN;
    }
}
