package dev.thalweg.bench.cluster;

/**
 * Machines that train together, with a replica each, and what connects them. Each has one link, which sends and
 * receives at its full rate at the same time, and whatever lies between the links is no limit.
 *
 * @param machines how many
 * @param gigabitsPerSecond of each machine's link, in each direction
 * @param latencySeconds from the end of sending to the end of receiving
 * @param costs to the processors
 * @param wireFactor bytes on the wire for each byte of 32-bit floats: ½ for bfloat16
 * @param deviation of the machines' step times, by their mean: every step takes as long as it does on the slowest
 */
public record Network(
        int machines,
        double gigabitsPerSecond,
        double latencySeconds,
        HostCosts costs,
        double wireFactor,
        double deviation) {
    /** Refuses what cannot be. */
    public Network {
        if (machines < 1) {
            throw new IllegalArgumentException("expected at least one machine, got " + machines);
        }
        if (!(gigabitsPerSecond > 0) || !(wireFactor > 0)) {
            throw new IllegalArgumentException(
                    "expected a rate and a factor above 0, got " + gigabitsPerSecond + " Gbit/s and " + wireFactor);
        }
        if (!(latencySeconds >= 0) || !(deviation >= 0)) {
            throw new IllegalArgumentException("expected no negative numbers, got a latency of " + latencySeconds
                    + " s and a deviation of " + deviation);
        }
    }

    /**
     * Machines whose steps all take equally long, that send 32-bit floats, and whose processors cost no time.
     *
     * @param machines how many
     * @param gigabitsPerSecond of each machine's link, in each direction
     * @param latencySeconds from the end of sending to the end of receiving
     */
    public Network(int machines, double gigabitsPerSecond, double latencySeconds) {
        this(machines, gigabitsPerSecond, latencySeconds, HostCosts.NONE, 1, 0);
    }

    /**
     * {@return the same with processors that take time}
     *
     * @param ofHosts how much
     */
    public Network costs(HostCosts ofHosts) {
        return new Network(machines, gigabitsPerSecond, latencySeconds, ofHosts, wireFactor, deviation);
    }

    /**
     * {@return the same with other numbers on the wire}
     *
     * @param factor bytes for each byte of 32-bit floats
     */
    public Network wireFactor(double factor) {
        return new Network(machines, gigabitsPerSecond, latencySeconds, costs, factor, deviation);
    }

    /**
     * {@return the same with steps that take now more, now less time}
     *
     * @param ofSteps their standard deviation by their mean
     */
    public Network deviation(double ofSteps) {
        return new Network(machines, gigabitsPerSecond, latencySeconds, costs, wireFactor, ofSteps);
    }

    /** How much of everything a machine sends to the others in one hop, or receives. */
    double shareOfOthers() {
        return (machines - 1.0) / machines;
    }

    double bytesPerSecond() {
        return gigabitsPerSecond * 1e9 / Byte.SIZE;
    }
}
