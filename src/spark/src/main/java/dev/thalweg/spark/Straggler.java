package dev.thalweg.spark;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A worker that keeps the others waiting: all begin the next step together, so the slowest waits least.
 *
 * @param rank which
 * @param address of its executor
 * @param share of the time for which the others wait longer than it does
 */
record Straggler(int rank, String address, double share) {
    /** What machines of one kind differ by, and a garbage collection, is less. */
    private static final double NOTED = 0.1;

    /** So many seconds at least: less is a tenth of a short epoch too, and no loss. */
    private static final double WORTHWHILE = 1;

    /**
     * {@return the slowest worker, if that is worth a word}
     *
     * @param addresses of all workers
     * @param waited for how many seconds each has waited for gradients of others
     * @param seconds in which time
     */
    static Optional<Straggler> of(List<String> addresses, double[] waited, double seconds) {
        int slowest = IntStream.range(0, waited.length)
                .reduce((a, b) -> waited[b] < waited[a] ? b : a)
                .orElseThrow();
        double[] others = IntStream.range(0, waited.length)
                .filter(rank -> rank != slowest)
                .mapToDouble(rank -> waited[rank])
                .sorted()
                .toArray();
        if (others.length == 0) {
            return Optional.empty();
        }
        double lost = others[others.length / 2] - waited[slowest];
        double share = lost / seconds;
        return share > NOTED && lost > WORTHWHILE
                ? Optional.of(new Straggler(slowest, addresses.get(slowest), share))
                : Optional.empty();
    }

    /** For the driver's log. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "worker %d at %s is slower than the others, which wait for it in %.0f %% of the time",
                rank,
                address,
                100 * share);
    }
}
