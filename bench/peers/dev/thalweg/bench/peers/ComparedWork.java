package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A network, trained or asked for predictions, and who is compared in it.
 *
 * @param network which
 * @param batch pictures in a step
 * @param threads how many compute
 * @param training whether to train or to infer
 * @param contenders names of {@link Contenders}
 */
record ComparedWork(BenchNetwork network, int batch, int threads, boolean training, List<String> contenders) {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /**
     * Named ones.
     *
     * @param name {@code training}, {@code inference}, {@code scaling}, or pieces such as {@code VGG:64:training}, with
     *            commas between them
     * @throws IllegalArgumentException if there is none of that name
     */
    static List<ComparedWork> suite(String name) {
        return switch (name) {
            case "training" ->
                List.of(
                        of(BenchNetwork.CNN, 32, true),
                        of(BenchNetwork.CNN, 256, true),
                        of(BenchNetwork.VGG, 64, true),
                        of(BenchNetwork.RESNET18, 32, true),
                        of(BenchNetwork.MOBILENETV2, 32, true),
                        of(BenchNetwork.VIT_TINY, 32, true));
            case "inference" ->
                List.of(
                        of(BenchNetwork.CNN, 1, false),
                        of(BenchNetwork.RESNET18, 1, false),
                        of(BenchNetwork.RESNET50, 1, false),
                        of(BenchNetwork.RESNET50, 8, false));
            case "scaling" -> scaling();
            default ->
                Arrays.stream(name.split(",", -1)).map(ComparedWork::piece).toList();
        };
    }

    private static List<ComparedWork> scaling() {
        List<String> contenders =
                List.of("thalweg-f32", "thalweg-bf16", "tensorflow", "tensorflow-bf16", "pytorch", "pytorch-bf16");
        List<ComparedWork> scaling = new ArrayList<>();
        for (int threads = 1; threads <= CORES; threads *= 2) {
            scaling.add(new ComparedWork(BenchNetwork.VGG, 64, threads, true, contenders));
        }
        for (int batch = 1; batch <= 512; batch *= 8) {
            scaling.add(new ComparedWork(BenchNetwork.CNN, batch, CORES, true, contenders));
        }
        return scaling;
    }

    private static ComparedWork piece(String piece) {
        String[] words = piece.split(":", -1);
        if (words.length != 3 || !List.of("training", "inference").contains(words[2])) {
            throw new IllegalArgumentException("there is no suite \"" + piece
                    + "\": choose training, inference, scaling, or pieces of work such as VGG:64:training");
        }
        BenchNetwork network = Arrays.stream(BenchNetwork.values())
                .filter(n -> n.name().equals(words[0]))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no network \"" + words[0] + "\": choose one of "
                                + Arrays.stream(BenchNetwork.values())
                                        .map(BenchNetwork::name)
                                        .collect(Collectors.joining(", "))));
        return of(network, count("pictures in a batch", words[1]), words[2].equals("training"));
    }

    /** A number of at least 1 that somebody typed. */
    static int count(String what, String typed) {
        if (!typed.matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException("the number of " + what + " is \"" + typed + "\": expected 1 or more");
        }
        return Integer.parseInt(typed);
    }

    private static ComparedWork of(BenchNetwork network, int batch, boolean training) {
        return new ComparedWork(network, batch, CORES, training, Contenders.able(network, training));
    }

    /**
     * The same by those that are named.
     *
     * @throws IllegalArgumentException if there is none of such a name
     */
    ComparedWork by(List<String> named) {
        List<String> known = training ? Contenders.TRAINERS : Contenders.INFERRERS;
        for (String name : named) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no contender \"" + name + "\" for "
                        + (training ? "training" : "inference") + ": choose among " + String.join(", ", known));
            }
        }
        return new ComparedWork(network, batch, threads, training, named);
    }

    /** The same on so many threads. */
    ComparedWork on(int count) {
        return new ComparedWork(network, batch, count, training, contenders);
    }

    @Override
    public String toString() {
        return network + (training ? " training" : " inference") + ", batch " + batch + ", " + threads
                + (threads == 1 ? " thread" : " threads");
    }
}
