package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * LSTM and GRU as {@link Recurrence} has them: forward, from a state of zeros, with the functions that are usual. Other
 * forms are refused.
 */
public final class RecurrentCells {
    /** The order in which {@link Recurrence} has gates, by their places in ONNX. */
    private static final List<Integer> LSTM_GATES = List.of(0, 2, 3, 1);

    private static final List<Integer> GRU_GATES = List.of(0, 1, 2);

    private static final int BIAS = 3;
    private static final int LENGTHS = 4;
    private static final int STATE = 5;
    private static final int CELL_STATE = 6;
    private static final int PEEPHOLES = 7;

    private RecurrentCells() {}

    /**
     * {@return for each gate of a cell, its place in ONNX}
     *
     * @param kind which cell
     */
    public static List<Integer> gates(Recurrence.Kind kind) {
        return switch (kind) {
            case LSTM -> LSTM_GATES;
            case GRU -> GRU_GATES;
        };
    }

    static Lowering of(Recurrence.Kind kind) {
        return call -> {
            check(call, kind);
            GraphBuilder graph = call.graph();
            Value source = call.value(0);
            if (source.shape().rank() != 3) {
                throw new ShapeException("got a source " + source.shape() + ", expected [T, N, D]");
            }
            Value recurrent = call.value(2);
            int units = recurrent.shape().dim(recurrent.shape().rank() - 1);
            Value states = graph.apply(
                    new Recurrence(kind),
                    source,
                    columns(graph, call.value(1), kind, units),
                    columns(graph, recurrent, kind, units),
                    bias(call, kind, units));
            int steps = source.shape().dim(0);
            int examples = source.shape().dim(1);
            return List.of(
                    new Flowing(graph.reshape(states, Shape.of(steps, 1, examples, units))),
                    new Flowing(graph.slice(states, 0, steps - 1, 1)));
        };
    }

    private static void check(Call call, Recurrence.Kind kind) {
        if (!call.text("direction", "forward").equals("forward")
                || call.has("activations")
                || call.has("clip")
                || call.flag("input_forget")
                || call.flag("layout")
                || kind == Recurrence.Kind.GRU && !call.flag("linear_before_reset")) {
            throw call.refusal("got attributes "
                    + call.node().attributes().keySet().stream().sorted().toList()
                    + ", expected one direction forward, time steps first, no functions of its own, no clipping, and"
                    + " of GRU linear_before_reset");
        }
        if (call.optional(LENGTHS).isPresent() || call.optional(PEEPHOLES).isPresent()) {
            throw call.refusal("has lengths of sequences or peepholes, expected none");
        }
        for (int state = STATE; state <= CELL_STATE; state++) {
            if (call.optional(state).isPresent()
                    && !(call.operand(state) instanceof Known known
                            && Arrays.stream(known.doubles()).allMatch(number -> number == 0))) {
                throw call.refusal("begins in a state, expected zeros");
            }
        }
    }

    /** {@code [1, gates · units, inputs]} as {@code [inputs, gates · units]}. */
    private static Value columns(GraphBuilder graph, Value weights, Recurrence.Kind kind, int units) {
        int rows = Math.multiplyExact(kind.gates(), units);
        int inputs = Shape.extent(weights.shape().elements() / rows);
        return graph.transpose(blocks(graph, graph.reshape(weights, Shape.of(rows, inputs)), gates(kind), units), 1, 0);
    }

    private static Value blocks(GraphBuilder graph, Value rows, List<Integer> order, int units) {
        return graph.concat(
                0,
                order.stream()
                        .map(gate -> graph.slice(rows, 0, gate * units, units))
                        .toList());
    }

    /** That of the inputs and that of the state, added up where they are added anyway. */
    private static Value bias(Call call, Recurrence.Kind kind, int units) {
        GraphBuilder graph = call.graph();
        int rows = Math.multiplyExact(Recurrence.BIASES, units);
        if (call.optional(BIAS).isEmpty()) {
            return graph.constant(0, Shape.of(rows));
        }
        int gates = kind.gates();
        Value both = graph.reshape(call.value(BIAS), Shape.of(Math.multiplyExact(2 * gates, units)));
        List<Integer> ofState = gates(kind).stream().map(gate -> gates + gate).toList();
        if (kind == Recurrence.Kind.LSTM) {
            return graph.add(blocks(graph, both, gates(kind), units), blocks(graph, both, ofState, units));
        }
        List<Integer> added = IntStream.range(0, gates - 1).boxed().toList();
        Value first =
                graph.add(blocks(graph, both, added, units), blocks(graph, both, ofState.subList(0, gates - 1), units));
        return graph.concat(0, List.of(first, blocks(graph, both, List.of(gates - 1, 2 * gates - 1), units)));
    }
}
