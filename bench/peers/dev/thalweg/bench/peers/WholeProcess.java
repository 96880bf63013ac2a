package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.TrainingContender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * From the start of the JVM to the end of so many steps, and the most memory that the process held: started without
 * arguments it starts itself once for each library and round. Linux tells the memory ({@code VmHWM}).
 */
public final class WholeProcess {
    private static final int ROUNDS = 3;
    /** Batches of 32 in an epoch of Fashion-MNIST. */
    private static final int EPOCH = 1875;

    private WholeProcess() {}

    /**
     * Runs the comparison, or one part of it.
     *
     * @param args none; or a library, a network, a batch size and a number of steps
     * @throws IOException if a process cannot be started
     * @throws InterruptedException if this one is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length > 0) {
            try (TrainingContender contender = Contenders.trainer(
                    args[0],
                    BenchNetwork.valueOf(args[1]),
                    Integer.parseInt(args[2]),
                    Runtime.getRuntime().availableProcessors(),
                    true)) {
                for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                    contender.train();
                }
            }
            Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(l -> l.startsWith("VmHWM"))
                    .forEach(l -> System.out.println(l.replaceAll("\\D", "")));
            Runtime.getRuntime().halt(0);
        }
        System.out.println("| network | library | seconds, median of " + ROUNDS
                + " | peak resident memory, MiB |\n|---|---|---|---|");
        for (List<String> work :
                List.of(List.of("CNN", "32", Integer.toString(EPOCH)), List.of("RESNET18", "32", "20"))) {
            for (String contender :
                    List.of("thalweg-f32", "thalweg-bf16", "thalweg-java", "tensorflow", "pytorch", "djl-pytorch")) {
                if (contender.equals("thalweg-java") && work.getFirst().equals("RESNET18")) {
                    continue;
                }
                measure(contender, work);
            }
        }
    }

    private static void measure(String contender, List<String> work) throws IOException, InterruptedException {
        double[] seconds = new double[ROUNDS];
        long most = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> command = new ArrayList<>(List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    WholeProcess.class.getName(),
                    contender));
            command.addAll(work);
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes()).strip();
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(contender + " failed: " + output);
            }
            seconds[round] = (System.nanoTime() - start) / 1e9;
            most = Math.max(most, Long.parseLong(output.substring(output.lastIndexOf('\n') + 1)) / 1024);
        }
        Arrays.sort(seconds);
        System.out.printf(
                Locale.ROOT,
                "| %s, %s steps of %s | %s | %.2f | %d |%n",
                work.get(0),
                work.get(2),
                work.get(1),
                contender,
                seconds[ROUNDS / 2],
                most);
    }
}
