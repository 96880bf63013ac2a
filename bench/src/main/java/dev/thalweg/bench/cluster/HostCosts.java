package dev.thalweg.bench.cluster;

/**
 * What an exchange costs the processors of a machine, in seconds of one core.
 *
 * @param perMessage to send a message, and to receive one
 * @param perByte to send a byte, and to receive one
 * @param perAddedByte to add a byte of another replica's numbers to one's own
 */
public record HostCosts(double perMessage, double perByte, double perAddedByte) {
    /** Processors that do their part in no time. */
    public static final HostCosts NONE = new HostCosts(0, 0, 0);

    /** Refuses what cannot be. */
    public HostCosts {
        if (!(perMessage >= 0) || !(perByte >= 0) || !(perAddedByte >= 0)) {
            throw new IllegalArgumentException("expected no negative seconds, got " + perMessage + " a message, "
                    + perByte + " a byte and " + perAddedByte + " a byte added");
        }
    }
}
