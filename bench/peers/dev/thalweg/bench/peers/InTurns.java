package dev.thalweg.bench.peers;

import dev.thalweg.bench.Contender;
import dev.thalweg.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Compares the predictions of libraries that lie in one process, in turns of a second and a half: what slows the
 * machine down, the neighbours of a virtual one among it, meets all of them within a few seconds. {@link Compare} gives
 * each library a process of its own, so its turns are longer, and what it measures differs more from run to run.
 */
public final class InTurns {
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    /** ONNX Runtime 1.29 ends the process on less where the command line is long, as that of this project's POM is. */
    private static final long STACK_BYTES = 64 << 20;

    private InTurns() {}

    /**
     * Measures and prints a table: for each library the median of its turns, of which each gives the median of its
     * runs.
     *
     * @param arguments pieces of work such as {@code RESNET18:1:inference}, with commas between them; how many threads
     *            compute; the number of rounds; which libraries, with commas between them
     * @throws InterruptedException if this thread is interrupted
     */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 4) {
            System.err.println("expected work, threads, rounds and libraries, such as"
                    + " RESNET18:1:inference 2 7 thalweg-f32,onnxruntime");
            System.exit(2);
        }
        int threads = ComparedWork.count("threads", arguments[1]);
        int rounds = ComparedWork.count("rounds", arguments[2]);
        List<String> names = List.of(arguments[3].split(",", -1));
        List<ComparedWork> works = ComparedWork.suite(arguments[0]).stream()
                .map(work -> work.by(names).on(threads))
                .toList();
        Thread measuring = new Thread(
                null, () -> works.forEach(work -> System.out.println(measure(work, rounds))), "in turns", STACK_BYTES);
        measuring.start();
        measuring.join();
    }

    private static ComparisonTable measure(ComparedWork work, int rounds) {
        ComparisonTable table = new ComparisonTable(work.toString(), work.contenders());
        try (Scope opened = new Scope()) {
            List<Contender> contenders = new ArrayList<>();
            for (String name : work.contenders()) {
                contenders.add(opened.own(Contenders.open(name, work.network(), work.batch(), work.threads(), false)));
            }
            // The first round warms up.
            for (int round = 0; round <= rounds; round++) {
                for (int i = 0; i < contenders.size(); i++) {
                    double seconds = turn(contenders.get(i));
                    if (round > 0) {
                        table.add(work.contenders().get(i), work.batch() / seconds);
                    }
                }
            }
        }
        return table;
    }

    /** The median of a turn's runs in seconds. */
    private static double turn(Contender contender) {
        List<Long> runs = new ArrayList<>();
        long end = System.nanoTime() + TURN_NANOS;
        for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
            contender.infer();
            runs.add(System.nanoTime() - start);
        }
        long[] sorted = runs.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[sorted.length / 2] / NANOS;
    }
}
