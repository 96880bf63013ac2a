package dev.thalweg.bench.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * When, within a step of one replica's training, what happens that other replicas have to do with. Times are seconds
 * since the step began.
 *
 * @param stepSeconds how long the step takes where nobody is waited for
 * @param gradients what is added up over all replicas, in the order in which it is ready: gradients, and the few
 *            statistics that travel with them
 * @param awaitedAtSeconds when all sums are waited for; what comes after is the update
 * @param meetings how many short messages a step sends to all that are waited for at once: what the first replica
 *            decides, and the losses
 * @param deviation of the steps that were measured, by their mean
 */
public record Timeline(
        double stepSeconds, List<Gradient> gradients, double awaitedAtSeconds, int meetings, double deviation) {
    /**
     * What is added up over all replicas.
     *
     * @param readyAtSeconds when this replica begins to add it up
     * @param bytes how large it is, as 32-bit floats
     */
    public record Gradient(double readyAtSeconds, long bytes) {
        /** Refuses what cannot be. */
        public Gradient {
            if (!(readyAtSeconds >= 0) || bytes < 0) {
                throw new IllegalArgumentException(
                        "expected a time and a size, got " + readyAtSeconds + " s and " + bytes + " bytes");
            }
        }
    }

    /** Refuses times that are out of order. */
    public Timeline {
        gradients = List.copyOf(gradients);
        double last = 0;
        for (Gradient gradient : gradients) {
            last = inOrder(last, gradient.readyAtSeconds());
        }
        inOrder(inOrder(last, awaitedAtSeconds), stepSeconds);
        if (meetings < 0 || !(deviation >= 0)) {
            throw new IllegalArgumentException(
                    "expected no negative numbers, got " + meetings + " meetings and a deviation of " + deviation);
        }
    }

    private static double inOrder(double before, double after) {
        if (!(before <= after)) {
            throw new IllegalArgumentException("expected times in order, got " + before + " s before " + after + " s");
        }
        return after;
    }

    /**
     * {@return how much is added up in a step}
     */
    public long bytes() {
        return gradients.stream().mapToLong(Gradient::bytes).sum();
    }

    /**
     * {@return how long a step goes on when all sums are there}
     */
    public double updateSeconds() {
        return stepSeconds - awaitedAtSeconds;
    }

    /**
     * {@return the same on a machine that takes longer, for all parts of the step alike}
     *
     * @param factor how many times as long
     */
    public Timeline stretched(double factor) {
        List<Gradient> later = gradients.stream()
                .map(gradient -> new Gradient(gradient.readyAtSeconds() * factor, gradient.bytes()))
                .toList();
        return new Timeline(stepSeconds * factor, later, awaitedAtSeconds * factor, meetings, deviation);
    }

    /**
     * {@return what travels: tensors of at least so many bytes alone, smaller ones side by side, as
     * {@code PeerCollective} sends them; in the order in which they set out}
     *
     * @param bundleBytes as many as a bundle holds
     */
    public List<Gradient> bundled(long bundleBytes) {
        List<Gradient> exchanges = new ArrayList<>();
        long bundle = 0;
        for (Gradient gradient : gradients) {
            if (gradient.bytes() >= bundleBytes) {
                exchanges.add(gradient);
            } else {
                // A full bundle sets out when the next tensor comes that it cannot take.
                if (bundle + gradient.bytes() > bundleBytes) {
                    exchanges.add(new Gradient(gradient.readyAtSeconds(), bundle));
                    bundle = 0;
                }
                bundle += gradient.bytes();
            }
        }
        if (bundle > 0) {
            exchanges.add(new Gradient(awaitedAtSeconds, bundle));
        }
        return exchanges;
    }
}
