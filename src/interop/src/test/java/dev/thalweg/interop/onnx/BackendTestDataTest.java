package dev.thalweg.interop.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.interop.onnx.lowering.Operators;
import dev.thalweg.interop.onnx.lowering.UnsupportedOperatorException;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * ONNX's own test data, Debian's package {@code libonnx-testdata}: models of one or a few operators, with inputs and
 * the outputs that ONNX's reference computes. Floats flow through a graph of either backend. Whole numbers and truth
 * values are known when the graph is built, as shapes and indices are in networks of pictures, and so are the inputs
 * that {@link LoweredModel} lists.
 * <p>
 * Models of operators that networks of pictures have no use for are left out, see {@link #LEFT_OUT}: of them nothing is
 * asked but to be refused by a documented exception. Of all others, {@code exceptions.txt} beside this test lists those
 * that are not computed, each with its reason.
 */
class BackendTestDataTest {
    private static final Path DATA = Path.of("/usr/share/libonnx-testdata/data");

    /** The least number of models that must be computed. */
    private static final int MANY = 700;

    /** Operators that networks of pictures have no use for, by what they are for. */
    private static final Map<String, Set<String>> LEFT_OUT = new TreeMap<>(Map.of(
            "losses, which models are trained by, not made of",
            Set.of("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"),
            "training's steps",
            Set.of("Adagrad", "Adam", "Gradient", "Momentum"),
            "loops and branches, and lists of tensors",
            Set.of(
                    "ConcatFromSequence",
                    "If",
                    "Loop",
                    "Optional",
                    "OptionalGetElement",
                    "OptionalHasElement",
                    "Scan",
                    "SequenceAt",
                    "SequenceConstruct",
                    "SequenceEmpty",
                    "SequenceErase",
                    "SequenceInsert",
                    "SequenceLength",
                    "SequenceMap",
                    "SplitToSequence"),
            "words",
            Set.of("StringNormalizer", "TfIdfVectorizer"),
            "sound and sequences",
            Set.of(
                    "BlackmanWindow",
                    "DFT",
                    "HammingWindow",
                    "HannWindow",
                    "MelWeightMatrix",
                    "RNN",
                    "ReverseSequence",
                    "STFT"),
            "results whose extents depend on numbers, as of detectors",
            Set.of("Compress", "NonMaxSuppression", "NonZero", "RoiAlign", "Unique"),
            "whole numbers in place of floats",
            Set.of("BitShift", "ConvInteger", "DynamicQuantizeLinear", "MatMulInteger", "QLinearConv", "QLinearMatMul"),
            "trigonometry and geometry",
            Set.of(
                    "Acos",
                    "Acosh",
                    "Asin",
                    "Asinh",
                    "Atan",
                    "Atanh",
                    "Cos",
                    "Cosh",
                    "Det",
                    "GridSample",
                    "Sin",
                    "Sinh",
                    "Tan"),
            "random numbers",
            Set.of("Bernoulli", "RandomUniformLike"),
            "the places of a pooling's greatest elements",
            Set.of("MaxUnpool")));

    /** Each listed model's reason. */
    private static Map<String, String> exceptions() throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                BackendTestDataTest.class.getResourceAsStream("exceptions.txt"), StandardCharsets.UTF_8))) {
            for (String line : lines.lines().filter(l -> !l.startsWith("#")).toList()) {
                int colon = line.indexOf(": ");
                reasons.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        return reasons;
    }

    private static List<TestFolder> folders() throws IOException {
        assumeTrue(Files.isDirectory(DATA), "libonnx-testdata is not installed");
        try (Stream<Path> paths = Files.walk(DATA, 2)) {
            return paths.filter(path -> Files.exists(path.resolve("model.onnx")))
                    .sorted()
                    .map(TestFolder::new)
                    .toList();
        }
    }

    private static boolean isLeftOut(OnnxModel model) {
        return model.graph().nodes().stream()
                .anyMatch(node -> LEFT_OUT.values().stream().anyMatch(names -> names.contains(node.opType())));
    }

    @Test
    void modelsAreComputedByBothBackendsUnlessTheyAreListed() throws IOException {
        Map<String, String> exceptions = exceptions();
        Set<String> listed = new TreeSet<>(exceptions.keySet());
        List<String> wrong = new ArrayList<>();
        int computed = 0;
        try (Backend java = Backends.open(BackendChoice.JAVA, Threads.of(1));
                Backend oneDnn = Backends.open(BackendChoice.ONEDNN, Threads.of(1))) {
            for (TestFolder folder : folders()) {
                OnnxModel model = folder.model();
                if (isLeftOut(model)) {
                    continue;
                }
                String name = DATA.relativize(folder.path()).toString();
                Optional<String> problem = problem(folder, model, List.of(java, oneDnn));
                boolean known = listed.remove(name);
                if (problem.isPresent() && !known) {
                    wrong.add(name + ": " + problem.get());
                } else if (problem.isEmpty() && known) {
                    wrong.add(name + " is computed: strike it from the list");
                }
                computed += problem.isEmpty() ? 1 : 0;
            }
        }
        assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
        assertEquals(Set.of(), listed, "listed, but not among the models that are asked for");
        assertTrue(computed >= MANY, "computed " + computed);
    }

    /** What is wrong with it, if anything is; another exception than the documented ones fails the test. */
    private static Optional<String> problem(TestFolder folder, OnnxModel model, List<Backend> backends) {
        try {
            for (TestFolder.Pair pair : folder.pairs()) {
                LoweredModel evaluation = new LoweredModel(model, pair.inputs());
                for (Backend backend : backends) {
                    Optional<String> difference = evaluation.difference(backend, pair.outputs());
                    if (difference.isPresent()) {
                        return Optional.of(backend.name() + ": " + difference.get());
                    }
                }
            }
            return Optional.empty();
        } catch (UnsupportedOperatorException | IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Test
    void modelsThatAreLeftOutAreComputedOrRefusedAsDocumented() throws IOException {
        int refused = 0;
        for (TestFolder folder : folders()) {
            OnnxModel model = folder.model();
            if (isLeftOut(model)) {
                try {
                    for (TestFolder.Pair pair : folder.pairs()) {
                        new LoweredModel(model, pair.inputs());
                    }
                } catch (UnsupportedOperatorException e) {
                    assertTrue(String.valueOf(e.getMessage()).contains("opset " + model.opset()), e.getMessage());
                    assertTrue(e.in(folder.path())
                            .getMessage()
                            .contains(folder.path().toString()));
                    refused++;
                } catch (BadFileException e) {
                    // Inputs that are no tensors, or hold words.
                    refused++;
                }
            }
        }
        assertTrue(refused > 200, "refused " + refused);
    }

    @Test
    void whatIsLeftOutIsNotComputed() {
        LEFT_OUT.values()
                .forEach(names -> names.forEach(name ->
                        assertFalse(Operators.names().contains(name), name + " is computed: do not leave it out")));
    }
}
