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
import java.util.OptionalDouble;
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
    private record Work(BenchNetwork network, int batch, int threads, boolean training, List<String> contenders) {
        static Work training(BenchNetwork network, int batch) {
            return new Work(network, batch, CORES, true, Contenders.TRAINERS);
        }

        static Work inference(BenchNetwork network, int batch) {
            return new Work(network, batch, CORES, false, Contenders.INFERRERS);
        }

        Work by(List<String> others) {
            return new Work(network, batch, threads, training, others);
        }

        Work without(String... left) {
            return by(
                    contenders.stream().filter(c -> !List.of(left).contains(c)).toList());
        }

        @Override
        public String toString() {
            return network + (training ? " training" : " inference") + ", batch " + batch + ", " + threads
                    + (threads == 1 ? " thread" : " threads");
        }
    }

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final List<RunResult> results = new ArrayList<>();
    private final StringBuilder tables = new StringBuilder();
    private final int rounds;

    private Compare(int rounds) {
        this.rounds = rounds;
    }

    /**
     * Runs a suite.
     *
     * @param args {@code training}, {@code inference}, {@code scaling}, or pieces of work such as
     *            {@code VGG:64:training}, with commas between them; the number of rounds (3); which libraries, with
     *            commas between them ({@code all}); a directory for the results ({@code target/bench})
     * @throws RunnerException if a library fails
     * @throws IOException if the results cannot be written
     */
    public static void main(String[] args) throws RunnerException, IOException {
        String suite = args.length > 0 ? args[0] : "training";
        Compare compare = new Compare(args.length > 1 ? Integer.parseInt(args[1]) : 3);
        String contenders = args.length > 2 ? args[2] : "all";
        for (Work work : suite(suite)) {
            compare.run(contenders.equals("all") ? work : work.by(List.of(contenders.split(","))));
        }
        compare.write(Path.of(args.length > 3 ? args[3] : "target/bench"), suite.contains(":") ? "comparison" : suite);
    }

    private static List<Work> suite(String name) {
        return switch (name) {
            case "training" ->
                List.of(
                        Work.training(BenchNetwork.CNN, 32),
                        Work.training(BenchNetwork.CNN, 256),
                        Work.training(BenchNetwork.VGG, 64),
                        Work.training(BenchNetwork.RESNET18, 32),
                        Work.training(BenchNetwork.MOBILENETV2, 32).without("dl4j"),
                        Work.training(BenchNetwork.VIT_TINY, 32).without("djl-pytorch", "dl4j"));
            // Deeplearning4j takes seconds for one picture of ResNet-50.
            case "inference" ->
                List.of(
                        Work.inference(BenchNetwork.CNN, 1),
                        Work.inference(BenchNetwork.RESNET18, 1),
                        Work.inference(BenchNetwork.RESNET50, 1).without("dl4j"),
                        Work.inference(BenchNetwork.RESNET50, 8).without("dl4j"));
            case "scaling" -> scaling();
            default -> Arrays.stream(name.split(",")).map(Compare::single).toList();
        };
    }

    private static List<Work> scaling() {
        List<String> contenders =
                List.of("thalweg-f32", "thalweg-bf16", "tensorflow", "tensorflow-bf16", "pytorch", "pytorch-bf16");
        List<Work> scaling = new ArrayList<>();
        for (int threads = 1; threads <= CORES; threads *= 2) {
            scaling.add(new Work(BenchNetwork.VGG, 64, threads, true, contenders));
        }
        for (int batch = 1; batch <= 512; batch *= 8) {
            scaling.add(new Work(BenchNetwork.CNN, batch, CORES, true, contenders));
        }
        return scaling;
    }

    private static Work single(String work) {
        String[] words = work.split(":");
        if (words.length != 3 || !List.of("training", "inference").contains(words[2])) {
            throw new IllegalArgumentException("there is no suite " + work
                    + ": choose training, inference, scaling, or pieces of work such as VGG:64:training");
        }
        BenchNetwork network = BenchNetwork.valueOf(words[0]);
        int batch = Integer.parseInt(words[1]);
        return words[2].equals("training") ? Work.training(network, batch) : Work.inference(network, batch);
    }

    private void run(Work work) throws RunnerException {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        work.contenders().forEach(c -> rates.put(c, new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            for (String contender : work.contenders()) {
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
                .warmupIterations(2)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(3)
                .measurementTime(TimeValue.seconds(1))
                .jvmArgsAppend("--enable-native-access=ALL-UNNAMED")
                .shouldFailOnError(true)
                .build();
    }

    /** Beside the best of the others in f32, and beside the best in bf16 where some compute so. */
    private void table(Work work, Map<String, List<Double>> rates) {
        OptionalDouble best = best(rates, false);
        OptionalDouble bestBfloat16 = best(rates, true);
        StringBuilder table = new StringBuilder("\n**" + work + "**\n\n| library | images/s, median of " + rounds
                + " | lowest | highest | by the best peer's f32 | by the best peer's bf16 |\n"
                + "|---|---|---|---|---|---|\n");
        rates.forEach((contender, values) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %s | %s |%n",
                contender,
                median(values),
                Collections.min(values),
                Collections.max(values),
                times(median(values), best),
                times(median(values), bestBfloat16))));
        System.out.println(table);
        tables.append(table);
    }

    /** How many times a rate is another; nothing where there is no other. */
    private static String times(double rate, OptionalDouble other) {
        return other.isPresent() ? String.format(Locale.ROOT, "%.2f", rate / other.getAsDouble()) : "";
    }

    private static OptionalDouble best(Map<String, List<Double>> rates, boolean bfloat16) {
        return rates.entrySet().stream()
                .filter(e -> !e.getKey().startsWith("thalweg") && e.getKey().endsWith("-bf16") == bfloat16)
                .mapToDouble(e -> median(e.getValue()))
                .max();
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
