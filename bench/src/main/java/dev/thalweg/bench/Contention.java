package dev.thalweg.bench;

import dev.thalweg.tensor.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * How much of its speed a training keeps while another process is busy: steps are counted alone and beside a process
 * that only spins, in turns. To be run on as many processors as there are threads ({@code taskset -c 0,1} where there
 * are more), so that the other process takes away from one of them. Without arguments, this is that other process.
 */
public final class Contention {
    private static final int WARM_UP_STEPS = 10;

    private Contention() {}

    /**
     * Measures and prints.
     *
     * @param arguments network ({@link BenchNetwork}), pictures in a step, precision ({@link DataType}), threads,
     *            rounds, and seconds for each of a round's two halves
     * @throws IOException if no other process can be started
     * @throws InterruptedException if this thread is interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            while (true) {
                Thread.onSpinWait();
            }
        }
        int batch = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[4]);
        double seconds = Double.parseDouble(arguments[5]);
        double[] alone = new double[rounds];
        double[] beside = new double[rounds];
        BenchNetwork network = BenchNetwork.valueOf(arguments[0]);
        DataType precision = DataType.valueOf(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        try (ThalwegContender contender = new ThalwegContender("onednn", precision, network, batch, threads, true)) {
            for (int i = 0; i < WARM_UP_STEPS; i++) {
                contender.train();
            }
            for (int round = 0; round < rounds; round++) {
                alone[round] = stepsPerSecond(contender, seconds);
                Process busy = startBusy();
                try {
                    // Until the other JVM has started and spins.
                    stepsPerSecond(contender, 1);
                    beside[round] = stepsPerSecond(contender, seconds);
                } finally {
                    busy.destroyForcibly().waitFor();
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s: alone %.0f pictures/s, beside a busy process %.0f: %.0f %%%n",
                String.join(" ", arguments),
                median(alone) * batch,
                median(beside) * batch,
                100 * median(beside) / median(alone));
    }

    private static Process startBusy() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-Xmx16m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Contention.class.getName())
                .start();
    }

    private static double stepsPerSecond(TrainingContender contender, double seconds) {
        long start = System.nanoTime();
        int steps = 0;
        double passed;
        do {
            contender.train();
            steps++;
            passed = (System.nanoTime() - start) * 1e-9;
        } while (passed < seconds);
        return steps / passed;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
