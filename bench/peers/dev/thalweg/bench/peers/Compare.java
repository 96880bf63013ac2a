package dev.thalweg.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
 * machine down for a while slows all of them. After each measurement it writes all results of JMH so far to one JSON
 * file, and tables of medians; a library that fails is noted and measured no more in the same work.
 */
public final class Compare {
    private static final String ROUNDS = "3";
    /** Of the repository, in which the project's file starts this. */
    private static final String DIRECTORY = "bench/target/bench";

    private final List<RunResult> results = new ArrayList<>();
    private final List<ComparisonTable> tables = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final int rounds;
    private final Path directory;
    private final String name;

    private Compare(int rounds, Path directory, String name) {
        this.rounds = rounds;
        this.directory = directory;
        this.name = name;
    }

    /**
     * Runs a suite. Ends the process with 1 if a library failed, with 2 if the arguments say what is not there.
     *
     * @param args {@code training}, {@code inference}, {@code scaling}, or pieces of work such as
     *            {@code VGG:64:training}, with commas between them; the number of rounds (3); which libraries, with
     *            commas between them ({@code all}); a directory for the results ({@code bench/target/bench})
     * @throws IOException if the results cannot be written
     */
    public static void main(String[] args) throws IOException {
        String suite = argument(args, 0, "training");
        List<ComparedWork> works;
        int rounds;
        try {
            String contenders = argument(args, 2, "all");
            works = ComparedWork.suite(suite).stream()
                    .map(work -> contenders.equals("all") ? work : work.by(List.of(contenders.split(",", -1))))
                    .toList();
            rounds = ComparedWork.count("rounds", argument(args, 1, ROUNDS));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Compare compare =
                new Compare(rounds, Path.of(argument(args, 3, DIRECTORY)), suite.contains(":") ? "comparison" : suite);
        for (ComparedWork work : works) {
            compare.run(work);
        }
        System.out.println(compare.summary());
        System.exit(compare.failures.isEmpty() ? 0 : 1);
    }

    private static String argument(String[] args, int index, String otherwise) {
        return args.length > index ? args[index] : otherwise;
    }

    private void run(ComparedWork work) throws IOException {
        ComparisonTable table = new ComparisonTable(work.toString(), work.contenders());
        tables.add(table);
        Set<String> failed = new HashSet<>();
        for (int round = 0; round < rounds; round++) {
            for (String contender : work.contenders()) {
                if (failed.contains(contender)) {
                    continue;
                }
                try {
                    RunResult result = new Runner(options(work, contender)).runSingle();
                    results.add(result);
                    table.add(
                            contender,
                            work.batch() * 1e6 / result.getPrimaryResult().getScore());
                } catch (RunnerException e) {
                    failed.add(contender);
                    failures.add(work + ", " + contender + ": " + root(e));
                }
                write();
            }
        }
        System.out.println(table);
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null || root.getSuppressed().length > 0) {
            root = root.getCause() != null ? root.getCause() : root.getSuppressed()[0];
        }
        return root;
    }

    private static Options options(ComparedWork work, String contender) {
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

    private void write() throws IOException {
        Files.createDirectories(directory);
        ResultFormatFactory.getInstance(
                        ResultFormatType.JSON, directory.resolve(name + ".json").toString())
                .writeOut(results);
        Files.writeString(directory.resolve(name + ".md"), summary());
    }

    private String summary() {
        String measured = tables.stream().map(ComparisonTable::toString).collect(Collectors.joining("\n"));
        return failures.isEmpty()
                ? measured
                : measured + "\nFailed:\n\n"
                        + failures.stream()
                                .map(failure -> "- " + failure + "\n")
                                .collect(Collectors.joining());
    }
}
