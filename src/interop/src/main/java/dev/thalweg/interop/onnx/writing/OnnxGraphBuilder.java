package dev.thalweg.interop.onnx.writing;

import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.OnnxValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * An ONNX graph that is being built. Nodes are named when it is finished, after those on which no output depends were
 * left out: whoever finds a better way to write something adds that, and need not take back what was added before.
 */
final class OnnxGraphBuilder {
    private final List<WrittenValue.Result> results = new ArrayList<>();
    private final List<WrittenValue.Input> inputs = new ArrayList<>();
    private final List<OnnxValue> declared = new ArrayList<>();
    private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    private final Set<String> values = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private final IdentityHashMap<WrittenValue, String> called = new IdentityHashMap<>();
    private String layer = "";

    /** Says whose nodes are added from now on. */
    void layer(String name) {
        layer = name;
    }

    WrittenValue input(String name, ElementType type, BatchExtents extents) {
        WrittenValue.Input input = new WrittenValue.Input(name, extents);
        inputs.add(input);
        declared.add(value(name, type, extents));
        called.put(input, name);
        values.add(name);
        return input;
    }

    /** What flows in first, of which one axis is the batch. */
    WrittenValue firstInput() {
        return inputs.getFirst();
    }

    private static OnnxValue value(String name, ElementType type, BatchExtents extents) {
        return new OnnxValue(
                name,
                Optional.of(type),
                Optional.of(Arrays.stream(extents.open()).boxed().toList()));
    }

    /** Numbers of the current layer. */
    WrittenValue floats(String role, float[] numbers, long... dims) {
        return new WrittenValue.Known(layer + "/" + role, tensor(numbers, dims));
    }

    /** Bytes of the current layer. */
    WrittenValue bytes(String role, ElementType type, byte[] numbers, long... dims) {
        return new WrittenValue.Known(layer + "/" + role, tensor(type, numbers, dims));
    }

    /** Integers of 32 bits in a row, of the current layer. */
    WrittenValue integers(String role, int[] numbers) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asIntBuffer().put(numbers);
        return new WrittenValue.Known(
                layer + "/" + role, new OnnxTensor(ElementType.INT32, List.of((long) numbers.length), data));
    }

    /** One number, as a scalar. */
    WrittenValue scalar(String role, float number) {
        return floats(role, new float[] {number});
    }

    /** A row of whole numbers, of the current layer. */
    WrittenValue wholes(String role, long... numbers) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(numbers);
        return new WrittenValue.Known(
                layer + "/" + role, new OnnxTensor(ElementType.INT64, List.of((long) numbers.length), data));
    }

    static OnnxTensor tensor(float[] numbers, long... dims) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(numbers);
        return new OnnxTensor(ElementType.FLOAT, Arrays.stream(dims).boxed().toList(), data);
    }

    static OnnxTensor tensor(ElementType type, byte[] numbers, long... dims) {
        return new OnnxTensor(
                type,
                Arrays.stream(dims).boxed().toList(),
                ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN));
    }

    WrittenValue node(
            String opType, BatchExtents extents, Map<String, OnnxAttribute> attributes, WrittenValue... operands) {
        WrittenValue.Result result = new WrittenValue.Result(layer, opType, List.of(operands), attributes, extents);
        results.add(result);
        return result;
    }

    WrittenValue node(String opType, BatchExtents extents, WrittenValue... operands) {
        return node(opType, extents, Map.of(), operands);
    }

    /**
     * Names everything.
     *
     * @param name of the graph
     * @param outputs what comes out, by name
     */
    OnnxGraph finish(String name, Map<String, WrittenValue> outputs) {
        List<OnnxValue> yielded = new ArrayList<>();
        outputs.forEach((output, operand) -> {
            // One value has one name, and what flows in or is known is no node's.
            WrittenValue own = operand instanceof WrittenValue.Result && !called.containsKey(operand)
                    ? operand
                    : node("Identity", operand.extents(), operand);
            called.put(own, unique(values, output));
            yielded.add(value(nameOf(own), ElementType.FLOAT, own.extents()));
        });
        List<OnnxNode> nodes = reachable().stream().map(this::named).toList();
        return new OnnxGraph(name, nodes, initializers, List.copyOf(declared), yielded);
    }

    private List<WrittenValue.Result> reachable() {
        Set<WrittenValue> live = Collections.newSetFromMap(new IdentityHashMap<>());
        live.addAll(called.keySet());
        List<WrittenValue.Result> kept = new ArrayList<>();
        for (WrittenValue.Result result : results.reversed()) {
            if (live.contains(result)) {
                live.addAll(result.inputs());
                kept.add(result);
            }
        }
        return kept.reversed();
    }

    private OnnxNode named(WrittenValue.Result result) {
        String name = unique(names, result.layer() + "/" + result.opType());
        List<String> from = result.inputs().stream().map(this::nameOf).toList();
        String output = called.computeIfAbsent(result, _ -> unique(values, name));
        return new OnnxNode(name, "", result.opType(), from, List.of(output), result.attributes());
    }

    private String nameOf(WrittenValue operand) {
        return switch (operand) {
            case WrittenValue.Missing() -> "";
            case WrittenValue.Known known -> called.computeIfAbsent(known, _ -> initializer(known));
            case WrittenValue.Input input -> input.name();
            case WrittenValue.Result result -> Objects.requireNonNull(called.get(result), result.opType());
        };
    }

    private String initializer(WrittenValue.Known known) {
        return first(
                known.name(),
                name -> known.tensor().equals(initializers.get(name))
                        || values.add(name) && initializers.put(name, known.tensor()) == null);
    }

    private static String unique(Set<String> taken, String base) {
        return first(base, taken::add);
    }

    /** The first of a name and that name with numbers behind it that will do. */
    private static String first(String base, Predicate<String> accepted) {
        String name = base;
        for (int i = 1; !accepted.test(name); i++) {
            name = base + "_" + i;
        }
        return name;
    }
}
