package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Where weights are read short, they are rounded once in a step, however many layouts primitives want them in. That the
 * numbers are right, other tests compare.
 */
class ShortWeightsTest {
    private static final DataType SHORT = DataType.BFLOAT16;

    private final GraphBuilder builder = new GraphBuilder();
    private final Value first = builder.parameter("first", Shape.of(32, 16, 3, 3));
    private final Value second = builder.parameter("second", Shape.of(64, 32, 3, 3));
    private final Value units = builder.parameter("units", Shape.of(16, 64 * 8 * 8));

    private Graph training() {
        Value pictures = builder.input("pictures", Shape.of(4, 16, 8, 8));
        Value features = convolution(convolution(pictures, first), second);
        Value flat = builder.reshape(features, Shape.of(4, 64 * 8 * 8));
        Value loss = builder.reduce(Reduction.Kind.SUM, builder.innerProduct(flat, units, null));
        List<Value> gradients = Gradients.of(builder, loss, List.of(first, second, units));
        return Passes.afterGradients(builder.build("short weights", gradients), SHORT);
    }

    private Value convolution(Value source, Value kernels) {
        return builder.convolution(source, kernels, null, Window.square(3).padding(1, 1, 1, 1), 1);
    }

    @Test
    void oneReorderReadsThemWide() {
        Graph graph = training();
        Map<String, Shape> shapes = new HashMap<>();
        graph.parameters().forEach(parameter -> shapes.put(parameter.name(), parameter.shape()));
        try (OneDnnBackend backend = new OneDnnBackend(1);
                OneDnnParameters parameters = new OneDnnParameters(backend, shapes)) {
            assumeTrue(backend.computesIn(SHORT), "this CPU does not compute in " + SHORT);
            OneDnnCompiler compiler = new OneDnnCompiler(backend, graph, parameters);
            try (Program program = compiler.program()) {
                compiler.lower();
                for (Value weights : List.of(first, second, units)) {
                    List<Location> copies = copies(program, wide(compiler, weights));
                    assertEquals(1, copies.size(), () -> "copies of " + weights + " in\n" + program);
                    assertEquals(SHORT, copies.getFirst().layout().type(), () -> weights + " in\n" + program);
                }
                Location rounded = copies(program, wide(compiler, second)).getFirst();
                assertTrue(
                        !copies(program, rounded.buffer()).isEmpty(),
                        () -> "forward and backward pass want " + second + " in one layout, so this shows nothing:\n"
                                + program);
            }
        }
    }

    private static Buffer wide(OneDnnCompiler compiler, Value weights) {
        return compiler.find(weights).orElseThrow().buffer();
    }

    /** What reorders make of what lies somewhere. */
    private static List<Location> copies(Program program, Buffer source) {
        return program.instructions().stream()
                .filter(instruction -> instruction instanceof Instruction.OfPrimitive call
                        && call.desc().operation().equals("reorder")
                        && call.reads().anyMatch(location -> location.buffer() == source))
                .flatMap(Instruction::writes)
                .toList();
    }
}
