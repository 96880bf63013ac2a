package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What the values of a network's graph are in the graph that is being written. */
final class WrittenValues {
    private final Map<Value, WrittenValue> operands = new HashMap<>();

    void put(Value value, WrittenValue operand) {
        operands.put(value, operand);
    }

    /** Of a value that flows in, is a parameter, or whose operation was translated. */
    WrittenValue get(Value value) {
        return Objects.requireNonNull(operands.get(value), value::toString);
    }
}
