package dev.thalweg.random;

/** Keeps apart the random numbers of what is drawn for one seed: epochs, pictures, steps. */
public final class Seeds {
    /**
     * 2<sup>64</sup> divided by the golden ratio, odd: its multiples lie as far from each other as can be (Knuth, The
     * Art of Computer Programming, volume 3, section 6.4). SplitMix64 counts in steps of it.
     */
    public static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** The first factor by which SplitMix64 mixes (Steele, Lea and Flood, OOPSLA 2014). */
    public static final long FIRST_FACTOR = 0xBF58476D1CE4E5B9L;

    /** The second factor by which SplitMix64 mixes. */
    public static final long SECOND_FACTOR = 0x94D049BB133111EBL;

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

    /**
     * {@return SplitMix64's number of a seed: seeds that lie near each other have numbers that seem to know nothing of
     * each other}
     *
     * @param seed which
     */
    public static long mixed(long seed) {
        long z = (seed ^ seed >>> 30) * FIRST_FACTOR;
        z = (z ^ z >>> 27) * SECOND_FACTOR;
        return z ^ z >>> 31;
    }
}
