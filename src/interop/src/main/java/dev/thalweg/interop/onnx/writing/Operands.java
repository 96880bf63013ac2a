package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What the values of a network's graph are in the graph that is being written. */
final class Operands {
    private final Map<Value, Operand> operands = new HashMap<>();

    void put(Value value, Operand operand) {
        operands.put(value, operand);
    }

    /** Of a value that flows in, is a parameter, or whose operation was translated. */
    Operand get(Value value) {
        return Objects.requireNonNull(operands.get(value), value::toString);
    }
}
