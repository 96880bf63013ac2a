package dev.thalweg.bench.cluster;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A simulation of one training step on many machines, by discrete events: what {@code PeerCollective} sends, when the
 * gradients of a measured step are ready. All machines do the same at the same time, so one of them is followed.
 * <p>
 * Each exchange is a reduce-scatter and an all-gather, direct to all others: in both hops a machine sends and receives
 * (N − 1) / N of the bytes (Patarasuk and Yuan, Bandwidth optimal all-reduce algorithms for clusters of workstations,
 * JPDC 2009). A core of each machine, which computes nothing else, sends, receives and adds up; core and link each
 * serve what is to be done in the order in which it comes. A hop is given to the link when the core is done with it,
 * where in truth the two overlap, and is complete a latency after its last byte has left.
 */
public final class ClusterSimulation {
    /** As many bytes as {@code PeerCollective} sends together; what is at least so large travels alone. */
    static final long BUNDLE_BYTES = 1 << 20;

    private final Network network;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingLong(Event::number));
    private final Server core = new Server();
    private final Server link = new Server();
    private long eventsSoFar;
    private double now;
    private double bytesSent;
    private double lastSumAt;

    /** Of two at the same time, that which was foreseen first happens first. */
    private record Event(double at, long number, Runnable what) {}

    /** Does one thing after the other. */
    private final class Server {
        private double freeAt;
        private double busy;

        /** Begins as soon as everything is done that came before. */
        void serve(double seconds, Runnable then) {
            freeAt = Math.max(freeAt, now) + seconds;
            busy += seconds;
            at(freeAt, then);
        }
    }

    private ClusterSimulation(Network network) {
        this.network = network;
    }

    /**
     * Predicts a step.
     *
     * @param measured a step of one machine
     * @param network that connects such machines
     * @return what it takes
     */
    public static Outcome run(Timeline measured, Network network) {
        Timeline slowest = measured.stretched(Stragglers.factor(network.machines(), network.deviation()));
        if (network.machines() == 1) {
            return new Outcome(measured.stepSeconds(), slowest.stepSeconds(), slowest.stepSeconds(), 0, 0);
        }
        return new ClusterSimulation(network).step(measured.stepSeconds(), slowest);
    }

    private Outcome step(double alone, Timeline slowest) {
        slowest.bundled(BUNDLE_BYTES).forEach(exchange -> at(exchange.readyAtSeconds(), () -> addUp(exchange.bytes())));
        while (!events.isEmpty()) {
            Event next = events.remove();
            now = next.at();
            next.what().run();
        }
        double meetingHost = slowest.meetings() * messagesSeconds();
        double meetings = slowest.meetings() * network.latencySeconds() + meetingHost;
        double step = Math.max(slowest.awaitedAtSeconds(), lastSumAt) + slowest.updateSeconds() + meetings;
        return new Outcome(alone, slowest.stepSeconds(), step, bytesSent, core.busy + meetingHost);
    }

    private void at(double time, Runnable what) {
        events.add(new Event(time, eventsSoFar++, what));
    }

    private void addUp(long bytes) {
        double adding = bytes * network.shareOfOthers() * network.costs().perAddedByte();
        hop(bytes, () -> core.serve(adding, () -> hop(bytes, () -> lastSumAt = now)));
    }

    private void hop(long bytes, Runnable then) {
        double sent = bytes * network.shareOfOthers() * network.wireFactor();
        double sending = messagesSeconds() + sent * network.costs().perByte();
        core.serve(sending, () -> {
            bytesSent += sent;
            link.serve(sent / network.bytesPerSecond(), () -> at(now + network.latencySeconds(), then));
        });
    }

    /** One to each of the others, and one from each. */
    private double messagesSeconds() {
        return (network.machines() - 1) * network.costs().perMessage();
    }
}
