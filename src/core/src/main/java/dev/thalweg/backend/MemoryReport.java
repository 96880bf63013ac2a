package dev.thalweg.backend;

/**
 * What memory a compiled graph takes off the heap, in bytes, parameters and what the optimizer remembers not included.
 *
 * @param planned the block that activations and gradients share
 * @param unshared what they would take if each had memory of its own
 * @param lowerBound the most that is alive at one time: no plan can do with less
 * @param scratchpad the room that all kernels compute in, one after the other
 * @param prepared what is derived from parameters alone and kept until they change: weights in a kernel's own layout
 */
public record MemoryReport(long planned, long unshared, long lowerBound, long scratchpad, long prepared) {
    /**
     * {@return all that is allocated}
     */
    public long total() {
        return planned + scratchpad + prepared;
    }

    /** {@return one line for people, in MiB} */
    @Override
    public String toString() {
        return String.format(
                "%.1f MiB: %.1f planned (%.1f unshared, at least %.1f), %.1f scratchpad, %.1f prepared",
                mib(total()), mib(planned), mib(unshared), mib(lowerBound), mib(scratchpad), mib(prepared));
    }

    private static double mib(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
