package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Compares the libraries: each in a process of its own, one after the other, several rounds, so that what slows the
 * machine down for a while slows all of them. Writes all results of JMH to one JSON file, and a table of medians.
 */
public final class Compare {
    private record Work(BenchNetwork network, int batch, int threads, boolean training) {
        @Override
        public String toString() {
            return network + (training ? " training" : " inference") + ", batch " + batch + ", " + threads
                    + (threads == 1 ? " thread" : " threads");
        }
    }

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final List<String> TRAINERS =
            List.of("thalweg-f32", "thalweg-bf16", "thalweg-java", "djl-pytorch", "tensorflow", "dl4j");
    private static final List<String> INFERRERS =
            List.of("thalweg-f32", "thalweg-bf16", "djl-pytorch", "tensorflow", "dl4j", "onnxruntime");

    private final List<RunResult> results = new ArrayList<>();
    private final StringBuilder tables = new StringBuilder();
    private final int rounds;

    private Compare(int rounds) {
        this.rounds = rounds;
    }

    /**
     * Runs a suite.
     *
     * @param args {@code training}, {@code inference} or {@code scaling}; the number of rounds (3); a directory for the
     *            results ({@code target/bench})
     * @throws RunnerException if a library fails
     * @throws IOException if the results cannot be written
     */
    public static void main(String[] args) throws RunnerException, IOException {
        String suite = args.length > 0 ? args[0] : "training";
        Compare compare = new Compare(args.length > 1 ? Integer.parseInt(args[1]) : 3);
        switch (suite) {
            case "training" -> {
                for (Work work : List.of(
                        new Work(BenchNetwork.CNN, 32, CORES, true),
                        new Work(BenchNetwork.CNN, 256, CORES, true),
                        new Work(BenchNetwork.VGG, 64, CORES, true),
                        new Work(BenchNetwork.RESNET18, 32, CORES, true))) {
                    compare.run(work, TRAINERS);
                }
            }
            case "inference" -> {
                for (Work work : List.of(
                        new Work(BenchNetwork.CNN, 1, CORES, false),
                        new Work(BenchNetwork.RESNET18, 1, CORES, false))) {
                    compare.run(work, INFERRERS);
                }
                // Deeplearning4j takes seconds for one picture here.
                for (Work work : List.of(
                        new Work(BenchNetwork.RESNET50, 1, CORES, false),
                        new Work(BenchNetwork.RESNET50, 8, CORES, false))) {
                    compare.run(
                            work,
                            INFERRERS.stream().filter(c -> !c.equals("dl4j")).toList());
                }
            }
            case "scaling" -> {
                for (int threads = 1; threads <= CORES; threads *= 2) {
                    compare.run(
                            new Work(BenchNetwork.VGG, 64, threads, true),
                            List.of("thalweg-f32", "thalweg-bf16", "djl-pytorch", "tensorflow"));
                }
                for (int batch = 1; batch <= 512; batch *= 8) {
                    compare.run(
                            new Work(BenchNetwork.CNN, batch, CORES, true),
                            List.of("thalweg-f32", "thalweg-bf16", "djl-pytorch", "tensorflow"));
                }
            }
            default ->
                throw new IllegalArgumentException(
                        "there is no suite " + suite + ": choose training, inference or scaling");
        }
        compare.write(Path.of(args.length > 2 ? args[2] : "target/bench"), suite);
    }

    private void run(Work work, List<String> contenders) throws RunnerException {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        contenders.forEach(c -> rates.put(c, new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            for (String contender : contenders) {
                RunResult result = new Runner(options(work, contender)).runSingle();
                results.add(result);
                rates.get(contender)
                        .add(work.batch() * 1e6 / result.getPrimaryResult().getScore());
            }
        }
        table(work, rates);
    }

    private static Options options(Work work, String contender) {
        return new OptionsBuilder()
                .include(ComparisonBenchmark.class.getName())
                .param("contender", contender)
                .param("network", work.network().name())
                .param("batch", Integer.toString(work.batch()))
                .param("threads", Integer.toString(work.threads()))
                .param("training", Boolean.toString(work.training()))
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(3)
                .measurementTime(TimeValue.seconds(1))
                .jvmArgsAppend("--enable-native-access=ALL-UNNAMED")
                .shouldFailOnError(true)
                .build();
    }

    private void table(Work work, Map<String, List<Double>> rates) {
        double best = rates.entrySet().stream()
                .filter(e -> !e.getKey().startsWith("thalweg"))
                .mapToDouble(e -> median(e.getValue()))
                .max()
                .orElse(Double.NaN);
        StringBuilder table = new StringBuilder("\n**" + work + "**\n\n| library | images/s, median of " + rounds
                + " | lowest | highest | by the best peer |\n|---|---|---|---|---|\n");
        rates.forEach((contender, values) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.2f |%n",
                contender,
                median(values),
                Collections.min(values),
                Collections.max(values),
                median(values) / best)));
        System.out.println(table);
        tables.append(table);
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(v -> v).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void write(Path directory, String suite) throws IOException {
        Files.createDirectories(directory);
        ResultFormatFactory.getInstance(
                        ResultFormatType.JSON,
                        directory.resolve(suite + ".json").toString())
                .writeOut(results);
        Files.writeString(directory.resolve(suite + ".md"), tables);
    }
}
