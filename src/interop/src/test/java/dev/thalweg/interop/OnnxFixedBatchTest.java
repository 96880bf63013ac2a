package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.inference.Inference;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files whose batch is fixed: what takes another one, and computes for each example what it computes for one alone. */
class OnnxFixedBatchTest {
    private static final int TOKENS = 4;
    private static final int UNITS = 6;
    private static final int EXAMPLE = TOKENS * UNITS;

    @TempDir
    private Path directory;

    private static float[] draw(int count) {
        Random random = new Random(11);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static OnnxFile tokens(long batch) {
        return new OnnxFile(13).input("x", batch, TOKENS, UNITS);
    }

    /** One node that takes the tokens of all examples as rows, {@code [T · N, D]}. */
    private static OnnxFile rows(long batch, String type, Map<String, ?> attributes) {
        return tokens(batch)
                .wholes("rows", TOKENS * batch, UNITS)
                .wholes("apart", TOKENS, batch, UNITS)
                .node("Transpose", List.of("x"), "first", Map.of("perm", List.of(1, 0, 2)))
                .node("Reshape", List.of("first", "rows"), "row")
                .node(type, List.of("row"), "done", attributes)
                .node("Reshape", List.of("done", "apart"), "tokens")
                .node("Transpose", List.of("tokens"), "y", Map.of("perm", List.of(1, 0, 2)))
                .output("y");
    }

    /** Numbers that are added to every example, repeated for those of the file. */
    private static OnnxFile repeated(long batch, float... added) {
        return tokens(batch)
                .floats("m", List.of(batch, (long) TOKENS, (long) UNITS), added)
                .node("Add", List.of("x", "m"), "y")
                .output("y");
    }

    /** A token that a node repeats for the examples of the file, before those that flow in. */
    private static OnnxFile tokenBefore(long batch) {
        return tokens(batch)
                .floats("t", List.of(1L, 1L, (long) UNITS), draw(UNITS))
                .wholes("repeated", batch, 1, UNITS)
                .node("Expand", List.of("t", "repeated"), "token")
                .node("Concat", List.of("token", "x"), "y", Map.of("axis", 1))
                .output("y");
    }

    /** A mask for each head, where heads lie within examples on one axis. */
    private static OnnxFile heads(long batch) {
        float[] mask = draw(2 * TOKENS);
        float[] repeated = new float[mask.length * (int) batch];
        for (int i = 0; i < batch; i++) {
            System.arraycopy(mask, 0, repeated, i * mask.length, mask.length);
        }
        return tokens(batch)
                .floats("m", List.of(2 * batch, (long) TOKENS, 1L), repeated)
                .wholes("heads", TOKENS, 2 * batch, UNITS / 2)
                .wholes("whole", TOKENS, batch, UNITS)
                .node("Transpose", List.of("x"), "first", Map.of("perm", List.of(1, 0, 2)))
                .node("Reshape", List.of("first", "heads"), "parts")
                .node("Transpose", List.of("parts"), "head", Map.of("perm", List.of(1, 0, 2)))
                .node("Add", List.of("head", "m"), "masked")
                .node("Softmax", List.of("masked"), "soft", Map.of("axis", 1))
                .node("Transpose", List.of("soft"), "back", Map.of("perm", List.of(1, 0, 2)))
                .node("Reshape", List.of("back", "whole"), "joined")
                .node("Transpose", List.of("joined"), "y", Map.of("perm", List.of(1, 0, 2)))
                .output("y");
    }

    private static OnnxFile freed(String what, long batch) {
        float[] twice = new float[(int) batch * EXAMPLE];
        for (int i = 0; i < twice.length; i++) {
            twice[i] = draw(EXAMPLE)[i % EXAMPLE];
        }
        return switch (what) {
            case "rows alone" -> rows(batch, "Softmax", Map.of("axis", 1));
            case "rows each" -> rows(batch, "Relu", Map.of());
            case "repeated" -> repeated(batch, twice);
            case "token" -> tokenBefore(batch);
            case "heads" -> heads(batch);
            case "squeezed" ->
                tokens(batch)
                        .wholes("apart", batch, 1, EXAMPLE)
                        .wholes("axis", 1)
                        .node("Reshape", List.of("x", "apart"), "one")
                        .node("Squeeze", List.of("one", "axis"), "y")
                        .output("y");
            default -> throw new IllegalArgumentException(what);
        };
    }

    private static float[] answers(Model model, int count, float[] given) {
        try (Inference inference = model.inference(Inference.Mode.THROUGHPUT, count);
                Arena arena = Arena.ofConfined()) {
            MemorySegment out =
                    arena.allocate(4L * count * model.network().output().arrayLength(), 64);
            inference.run(arena.allocateFrom(ValueLayout.JAVA_FLOAT, given), out);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** A file of a batch of 1 says what is to be computed for one example; the same graph for more says it again. */
    @ParameterizedTest
    @ValueSource(strings = {"rows alone", "rows each", "repeated", "token", "heads", "squeezed"})
    void eachExampleIsComputedAsIfItWereAlone(String what) throws IOException {
        float[] given = draw(3 * EXAMPLE);
        float[] first = null;
        for (long batch = 1; batch <= 3; batch++) {
            try (Model model = Onnx.read(freed(what, batch).write(directory.resolve(batch + ".onnx")))) {
                float[] together = answers(model, 3, given);
                int outputs = together.length / 3;
                for (int i = 0; i < 3; i++) {
                    float[] one = Arrays.copyOfRange(given, i * EXAMPLE, (i + 1) * EXAMPLE);
                    assertArrayEquals(
                            Arrays.copyOfRange(together, i * outputs, (i + 1) * outputs),
                            answers(model, 1, one),
                            1e-6f,
                            "example " + i + ", batch of the file " + batch);
                }
                first = first == null ? together : first;
                assertArrayEquals(first, together, 1e-6f, "batch of the file " + batch);
            }
        }
    }

    private static OnnxFile bound(String what, long batch) {
        return switch (what) {
            case "softmax of the examples" ->
                tokens(batch)
                        .node("Softmax", List.of("x"), "y", Map.of("axis", 0))
                        .output("y");
            case "sum of the examples" ->
                tokens(batch)
                        .wholes("axes", 0)
                        .node("ReduceSum", List.of("x", "axes"), "y")
                        .output("y");
            case "one of the examples" ->
                tokens(batch)
                        .wholes("first", 0)
                        .node("Gather", List.of("x", "first"), "y", Map.of("axis", 0))
                        .output("y");
            case "tokens of all examples" -> rows(batch, "Softmax", Map.of("axis", 0));
            case "other numbers for each" -> repeated(batch, draw((int) batch * EXAMPLE));
            case "no axis of their own" ->
                tokens(batch)
                        .wholes("all", batch * TOKENS, UNITS)
                        .node("Reshape", List.of("x", "all"), "y")
                        .output("y");
            default -> throw new IllegalArgumentException(what);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "softmax of the examples, 1",
        "softmax of the examples, 2",
        "sum of the examples, 1",
        "sum of the examples, 2",
        "one of the examples, 1",
        "one of the examples, 2",
        "tokens of all examples, 2",
        "other numbers for each, 2",
        "no axis of their own, 1",
        "no axis of their own, 2"
    })
    void whatIsOfOneBatchAloneIsRefusedByThatName(String what, long batch) throws IOException {
        Path file = bound(what, batch).write(directory.resolve("a.onnx"));
        String message =
                assertThrows(BadFileException.class, () -> Onnx.read(file)).getMessage();
        assertTrue(message.contains("the file fixes a batch of " + batch), message);
        assertTrue(message.contains("a.onnx"), message);
        assertEquals(1, message.lines().count(), message);
    }

    /** As many ways as 4 to the number of nodes, none of which fits: they are not all tried. */
    @Test
    void whatHasNoWayAtAllIsRefusedSoon() {
        OnnxFile file = new OnnxFile(13).input("x", 1, 1, 1, 4).wholes("same", 1, 1, 1, 4);
        String last = "x";
        for (int i = 0; i < 400; i++) {
            file.node("Reshape", List.of(last, "same"), "r" + i);
            last = "r" + i;
        }
        file.wholes("all", 0, 1, 2, 3)
                .node("ReduceSum", List.of(last, "all"), "y")
                .output("y");
        assertFalse(LoaderBounds.loads(file.bytes(), directory.resolve("a.onnx"), Onnx::read));
    }
}
