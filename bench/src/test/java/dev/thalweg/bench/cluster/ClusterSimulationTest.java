package dev.thalweg.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.bench.cluster.Timeline.Gradient;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulation beside what can be worked out by hand. */
class ClusterSimulationTest {
    private static final double EXACT = 1e-9;
    private static final long MIB = 1 << 20;
    private static final double UNLIMITED = 1e12;
    /** Of no exchange that is spoken of here. */
    private static final double UPDATE = 0.01;

    private static Timeline timeline(double awaitedAt, int meetings, Gradient... gradients) {
        return new Timeline(awaitedAt + UPDATE, List.of(gradients), awaitedAt, meetings, 0);
    }

    private static double step(Timeline timeline, Network network) {
        return ClusterSimulation.run(timeline, network).stepSeconds();
    }

    /** Of a network whose gradients come in turn, large and small ones. */
    private static Timeline ordinary() {
        SplittableRandom random = new SplittableRandom(5);
        List<Gradient> gradients = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long bytes = i % 3 == 0 ? random.nextLong(MIB, 10 * MIB) : random.nextLong(4, 4096);
            gradients.add(new Gradient(0.1 + 0.003 * i, bytes));
        }
        return new Timeline(0.3, gradients, 0.28, 2, 0.02);
    }

    private static Network ordinaryNetwork(int machines, double gigabits) {
        return new Network(machines, gigabits, 50e-6).costs(new HostCosts(5e-6, 0.3e-9, 0.2e-9));
    }

    @ParameterizedTest
    @CsvSource({"2, 10", "8, 10", "32, 100", "128, 1"})
    void oneExchangeEndsAfterTwoHops(int machines, double gigabits) {
        double ready = 0.2;
        double latency = 0.003;
        double bytesPerSecond = gigabits * 1e9 / 8;
        long bytes = 64 * MIB;
        double share = (machines - 1.0) / machines;
        double expected = ready + 2 * share * bytes / bytesPerSecond + 2 * latency + UPDATE;
        Timeline timeline = timeline(ready, 0, new Gradient(ready, bytes));
        assertEquals(expected, step(timeline, new Network(machines, gigabits, latency)), EXACT);

        HostCosts costs = new HostCosts(2e-6, 0.4e-9, 0.1e-9);
        double ofHost = 2 * (machines - 1) * 2e-6 + 2 * share * bytes * 0.4e-9 + share * bytes * 0.1e-9;
        Outcome outcome = ClusterSimulation.run(timeline, new Network(machines, gigabits, latency).costs(costs));
        assertEquals(expected + ofHost, outcome.stepSeconds(), EXACT);
        assertEquals(ofHost, outcome.hostSeconds(), EXACT);
        assertEquals((expected + ofHost - ready - UPDATE) / (expected + ofHost), outcome.waitingShare(), EXACT);
    }

    @Test
    void betweenTwoMachinesHalfOfEachTensorTravelsTwice() {
        // 12,500,000 bytes take 10 ms at 10 Gbit/s: half of them 5 ms, there and back.
        Timeline timeline = timeline(0.1, 0, new Gradient(0.1, 12_500_000));
        assertEquals(0.12, step(timeline, new Network(2, 10, 0)), EXACT);
    }

    @Test
    void halfWidthTakesHalfOfTheWire() {
        Timeline timeline = timeline(0.1, 0, new Gradient(0.1, 12_500_000));
        Outcome half = ClusterSimulation.run(timeline, new Network(2, 10, 0).wireFactor(0.5));
        assertEquals(0.115, half.stepSeconds(), EXACT);
        assertEquals(6_250_000, half.bytesSent(), EXACT);
    }

    @Test
    void nothingIsLostWhereEverythingIsHidden() {
        Timeline timeline = timeline(10, 0, new Gradient(0.1, 12_500_000), new Gradient(0.2, 25_000_000));
        Outcome outcome = ClusterSimulation.run(timeline, ordinaryNetwork(128, 10));
        assertEquals(1, outcome.efficiency());
        assertEquals(0, outcome.waitingShare());
    }

    @Test
    void nothingIsLostToANetworkWithoutLimits() {
        Timeline ordinary = ordinary();
        assertEquals(
                1,
                ClusterSimulation.run(ordinary, new Network(128, UNLIMITED, 0)).efficiency(),
                EXACT);
    }

    @Test
    void oneMachineIsAlone() {
        assertEquals(
                ordinary().stepSeconds(), step(ordinary(), ordinaryNetwork(1, 1).deviation(0.5)), EXACT);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 128})
    void eachMachineSendsTheLeastThatIsPossible(int machines) {
        Timeline ordinary = ordinary();
        assertEquals(
                2 * (machines - 1.0) / machines * ordinary.bytes(),
                ClusterSimulation.run(ordinary, ordinaryNetwork(machines, 10)).bytesSent(),
                1e-3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.002})
    void exchangesShareTheLink(double latency) {
        Gradient each = new Gradient(0.1, 12_500_000);
        int machines = 8;
        double hop = 0.01 * 7 / 8;
        double two = step(timeline(0.1, 0, each, each), new Network(machines, 10, latency)) - 0.1 - UPDATE;
        // The link is never idle: while one is under way it serves the other, until the last has left.
        assertEquals(4 * hop + latency, two, EXACT);
    }

    /** The sums of the first set out while the second is still on its way, not before. */
    @Test
    void theLinkServesInTheOrderOfComing() {
        // Half of it takes 8 ms.
        long bytes = 20_000_000;
        Timeline timeline = timeline(0.104, 0, new Gradient(0.1, bytes), new Gradient(0.104, bytes));
        // First 100 to 108, second 108 to 116, sums of the first to 124, those of the second to 132.
        assertEquals(0.132 + UPDATE, step(timeline, new Network(2, 10, 0)), EXACT);
        // With a latency of 20 ms: first there at 128, second at 136; sums sent 128 to 136 and 136 to 144, and there.
        assertEquals(0.164 + UPDATE, step(timeline, new Network(2, 10, 0.02)), EXACT);
    }

    @Test
    void isSlowerWithMoreMachinesAndFasterWithMoreBandwidth() {
        double before = 0;
        for (int machines : new int[] {1, 2, 8, 32, 128, 1024}) {
            double more = step(ordinary(), ordinaryNetwork(machines, 10).deviation(0.02));
            assertTrue(more > before, machines + " machines: " + more + " s after " + before);
            before = more;
        }
        double slower = Double.MAX_VALUE;
        for (double gigabits : new double[] {1, 2, 5, 10, 25, 100, UNLIMITED}) {
            double faster = step(ordinary(), ordinaryNetwork(32, gigabits));
            assertTrue(faster <= slower, gigabits + " Gbit/s: " + faster + " s after " + slower);
            slower = faster;
        }
    }

    @Test
    void meetingsAreNeverHidden() {
        Timeline timeline = timeline(0.1, 3);
        HostCosts costs = new HostCosts(1e-6, 0, 0);
        Outcome outcome = ClusterSimulation.run(timeline, new Network(9, 10, 0.001).costs(costs));
        assertEquals(0.1 + UPDATE + 3 * (0.001 + 8e-6), outcome.stepSeconds(), EXACT);
        assertEquals(24e-6, outcome.hostSeconds(), EXACT);
    }

    @Test
    void smallTensorsTravelTogether() {
        Gradient small = new Gradient(0.1, MIB / 2);
        Timeline timeline =
                timeline(0.3, 0, small, new Gradient(0.11, 3 * MIB), new Gradient(0.12, MIB / 2), new Gradient(0.2, 4));
        assertEquals(
                List.of(new Gradient(0.11, 3 * MIB), new Gradient(0.2, MIB), new Gradient(0.3, 4)),
                timeline.bundled(MIB));
        assertEquals(
                List.of(new Gradient(0.3, MIB / 2)), timeline(0.3, 0, small).bundled(MIB));
    }

    /** Of 2 it is 1/√π; others by Harter, Expected values of normal order statistics, Biometrika 48, 1961. */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0.56419", "10, 1.53875", "100, 2.50759"})
    void theSlowestOfSeveralIsAsFarOffAsTablesSay(int count, double expected) {
        assertEquals(expected, Stragglers.expectedMaximum(count), 1e-5);
    }

    @Test
    void theSlowestMachineDecides() {
        Outcome outcome = ClusterSimulation.run(ordinary(), new Network(100, UNLIMITED, 0).deviation(0.1));
        assertEquals(1 / 1.250759, outcome.efficiency(), 1e-5);
        assertEquals(0, outcome.waitingShare(), 1e-6);
    }

    @Test
    void whatComputesMayHaveToDoTheWorkOfTheHost() {
        assertEquals(0.8, new Outcome(1, 1, 1, 0, 0.5).efficiencyWithoutSpareCore(2), EXACT);
    }

    @Test
    void timesAreInOrder() {
        List<Gradient> late = List.of(new Gradient(0.2, 4));
        assertThrows(IllegalArgumentException.class, () -> new Timeline(1, late, 0.1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Timeline(0.3, late, 0.4, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Timeline(Double.NaN, late, 0.4, 0, 0));
    }
}
