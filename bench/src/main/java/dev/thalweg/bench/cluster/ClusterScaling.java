package dev.thalweg.bench.cluster;

import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * What training on many machines is predicted to keep of its speed: a step is measured on this one, and what
 * processors spend on exchanges; {@link ClusterSimulation} computes the rest. Every machine has the same number of
 * pictures a step, however many machines there are.
 */
public final class ClusterScaling {
    private static final List<Integer> MACHINES = List.of(8, 32, 128);
    private static final List<Integer> GIGABITS = List.of(10, 100);
    private static final double BFLOAT16 = 0.5;
    private static final double LATENCY_SECONDS = 100e-6;
    private static final int WARM_UP_STEPS = 8;
    private static final Set<String> OPTIONS = Set.of("latency", "message", "byte", "added", "deviation", "faster");

    private ClusterScaling() {}

    /**
     * Measures and prints.
     *
     * @param arguments network ({@code Networks.named}), picture ({@code 3x32x32}), classes, pictures a step of a
     *            machine, threads, precision ({@link Precision}), steps; then any of {@code latency=}, of a hop,
     *            {@code message=}, {@code byte=} and {@code added=}, the parts of {@link HostCosts}, all in seconds,
     *            and {@code deviation=} of step times by their mean, in the place of what is measured;
     *            {@code faster=4} for machines of four times as many cores that compute, each as well as here
     * @throws IOException if this machine cannot send to itself
     * @throws InterruptedException if this thread is interrupted
     * @throws ExecutionException if what is sent cannot be received
     */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        Map<String, Double> options = options(arguments);
        StepTimeline training = new StepTimeline(
                arguments[0],
                Shape.of(Arrays.stream(arguments[1].split("x"))
                        .mapToInt(Integer::parseInt)
                        .toArray()),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Threads.of(Integer.parseInt(arguments[4])),
                Precision.parse(arguments[5]));
        HostCosts measured = HostMeasurement.measure();
        HostCosts costs = new HostCosts(
                options.getOrDefault("message", measured.perMessage()),
                options.getOrDefault("byte", measured.perByte()),
                options.getOrDefault("added", measured.perAddedByte()));
        double faster = options.getOrDefault("faster", 1.0);
        Timeline timeline =
                training.measure(WARM_UP_STEPS, Integer.parseInt(arguments[6])).stretched(1 / faster);
        double latency = options.getOrDefault("latency", LATENCY_SECONDS);
        double deviation = options.getOrDefault("deviation", timeline.deviation());
        print(training, timeline, faster);
        print(costs, latency);
        for (int gigabits : GIGABITS) {
            for (int machines : MACHINES) {
                Network network = new Network(machines, gigabits, latency).costs(costs);
                print(timeline, network, deviation, training.threads().count() * faster);
            }
        }
    }

    private static Map<String, Double> options(String[] arguments) {
        Map<String, Double> options = new HashMap<>();
        Arrays.stream(arguments).skip(7).map(each -> each.split("=", 2)).forEach(each -> {
            if (each.length < 2 || !OPTIONS.contains(each[0])) {
                throw new IllegalArgumentException("expected "
                        + OPTIONS.stream().sorted().collect(Collectors.joining("=, ", "", "=")) + ", got " + each[0]);
            }
            options.put(each[0], Double.parseDouble(each[1]));
        });
        return options;
    }

    private static void print(StepTimeline training, Timeline timeline, double faster) {
        List<Timeline.Gradient> exchanges = timeline.bundled(ClusterSimulation.BUNDLE_BYTES);
        print(
                "%s at %s, %d pictures a step, %d threads (times %.3g), %s: a step alone takes %.1f ms"
                        + " (deviation %.1f %%)%n",
                training.network(),
                training.picture(),
                training.batch(),
                training.threads().count(),
                faster,
                training.precision(),
                timeline.stepSeconds() * 1e3,
                timeline.deviation() * 100);
        print(
                "%.1f MB in %d tensors travel in %d exchanges; the first is ready at %.1f ms, all are waited for at"
                        + " %.1f ms, and the update takes %.1f ms; %d meetings%n",
                timeline.bytes() * 1e-6,
                timeline.gradients().size(),
                exchanges.size(),
                exchanges.getFirst().readyAtSeconds() * 1e3,
                timeline.awaitedAtSeconds() * 1e3,
                timeline.updateSeconds() * 1e3,
                timeline.meetings());
    }

    private static void print(HostCosts costs, double latency) {
        print(
                "of a core: %.2f µs a message, %.3f ns a byte, %.3f ns a byte added; latency %.0f µs%n%n",
                costs.perMessage() * 1e6, costs.perByte() * 1e9, costs.perAddedByte() * 1e9, latency * 1e6);
        print("| Gbit/s | machines | sent a step, f32 | a core works | f32 | waiting | f32, no core to spare"
                + " | half width | waiting | f32, steps vary |%n|---|---|---|---|---|---|---|---|---|---|%n");
    }

    private static void print(Timeline timeline, Network network, double deviation, double cores) {
        Outcome whole = ClusterSimulation.run(timeline, network);
        Outcome half = ClusterSimulation.run(timeline, network.wireFactor(BFLOAT16));
        Outcome varying = ClusterSimulation.run(timeline, network.deviation(deviation));
        print(
                "| %.0f | %d | %.1f MB | %.0f ms | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% |%n",
                network.gigabitsPerSecond(),
                network.machines(),
                whole.bytesSent() * 1e-6,
                whole.hostSeconds() * 1e3,
                whole.efficiency() * 100,
                whole.waitingShare() * 100,
                whole.efficiencyWithoutSpareCore(cores) * 100,
                half.efficiency() * 100,
                half.waitingShare() * 100,
                varying.efficiency() * 100);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
