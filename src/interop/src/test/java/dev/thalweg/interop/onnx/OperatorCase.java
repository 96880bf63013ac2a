package dev.thalweg.interop.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A model of one operator, or of one after the other.
 *
 * @param name for messages and files
 * @param model what it computes
 * @param inputs what flows in, drawn at random
 */
record OperatorCase(String name, OnnxModel model, List<OnnxTensor> inputs) {
    /** What an operator takes: numbers that flow in, or are known; neither if it is left out. */
    record Given(boolean flows, Optional<OnnxTensor> tensor) {}

    static final Given NONE = new Given(false, Optional.empty());

    private static final double RANGE = 3;

    /** Floats that flow in, from −3 to 3. */
    static Given flowing(long... dims) {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(dims));
        float[] numbers = new float[(int) Arrays.stream(dims).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextDouble(-RANGE, RANGE);
        }
        return new Given(true, Optional.of(floats(numbers, dims)));
    }

    /** Floats that flow in. */
    static Given flowing(float... row) {
        return new Given(true, Optional.of(floats(row, row.length)));
    }

    /** Floats that are known. */
    static Given known(float... row) {
        return new Given(false, Optional.of(floats(row, row.length)));
    }

    /** One float that is known. */
    static Given scalar(float number) {
        return new Given(false, Optional.of(floats(new float[] {number})));
    }

    /** Whole numbers that are known. */
    static Given wholes(long... row) {
        return wholes(ElementType.INT64, List.of((long) row.length), row);
    }

    static Given wholes(ElementType type, List<Long> dims, long... numbers) {
        ByteBuffer data = ByteBuffer.allocate(numbers.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long number : numbers) {
            switch (type.bytes()) {
                case Byte.BYTES -> data.put((byte) number);
                case Short.BYTES -> data.putShort((short) number);
                case Integer.BYTES -> data.putInt((int) number);
                default -> data.putLong(number);
            }
        }
        return new Given(
                false, Optional.of(new OnnxTensor(type, dims, data.flip().order(ByteOrder.LITTLE_ENDIAN))));
    }

    private static OnnxTensor floats(float[] numbers, long... dims) {
        ByteBuffer data = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(numbers);
        return new OnnxTensor(ElementType.FLOAT, Arrays.stream(dims).boxed().toList(), data);
    }

    /** Attributes, by names that stand before their values. */
    static Map<String, OnnxAttribute> with(Object... namesAndValues) {
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            OnnxAttribute value = switch (namesAndValues[i + 1]) {
                case Integer whole -> new OnnxAttribute.Whole(whole);
                case Float real -> new OnnxAttribute.Real(real);
                case String text -> new OnnxAttribute.Text(text);
                case List<?> all ->
                    new OnnxAttribute.Wholes(all.stream()
                            .map(each -> ((Integer) each).longValue())
                            .toList());
                case OnnxTensor tensor -> new OnnxAttribute.Constant(tensor);
                default -> throw new IllegalArgumentException("no attribute " + namesAndValues[i + 1]);
            };
            attributes.put((String) namesAndValues[i], value);
        }
        return attributes;
    }

    /** One operator with one output. */
    static OperatorCase alone(int opset, String operator, Map<String, OnnxAttribute> attributes, Given... given) {
        return alone(opset, operator, 1, attributes, given);
    }

    static OperatorCase alone(
            int opset, String operator, int outputs, Map<String, OnnxAttribute> attributes, Given... given) {
        return chain(opset, List.of(operator), outputs, attributes, given);
    }

    /** Operators one after the other, each of which takes, beside the one before, all but the first that is given. */
    static OperatorCase chain(
            int opset, List<String> operators, int outputs, Map<String, OnnxAttribute> attributes, Given... given) {
        Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
        List<OnnxValue> inputs = new ArrayList<>();
        List<OnnxTensor> flowing = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < given.length; i++) {
            String name = given[i].tensor().isPresent() ? "input" + i : "";
            names.add(name);
            if (given[i].flows()) {
                OnnxTensor tensor = given[i].tensor().orElseThrow();
                inputs.add(new OnnxValue(name, Optional.of(tensor.type()), Optional.of(tensor.dims())));
                flowing.add(tensor);
            } else if (!name.isEmpty()) {
                initializers.put(name, given[i].tensor().orElseThrow());
            }
        }
        List<OnnxNode> nodes = new ArrayList<>();
        List<String> results = names.subList(0, 1);
        for (String operator : operators) {
            List<String> taken = new ArrayList<>(names);
            taken.set(0, results.getFirst());
            int node = nodes.size();
            results = IntStream.range(0, outputs)
                    .mapToObj(i -> "result" + node + "_" + i)
                    .toList();
            nodes.add(new OnnxNode(operator + node, "", operator, taken, results, attributes));
        }
        OnnxGraph graph = new OnnxGraph(
                "case",
                nodes,
                initializers,
                inputs,
                results.stream()
                        .map(name -> new OnnxValue(name, Optional.empty(), Optional.empty()))
                        .toList());
        String name = String.join("-", operators) + "-" + opset + " " + attributes + " "
                + Arrays.stream(given)
                        .map(each -> each.tensor().map(OnnxTensor::dims).orElse(List.of()))
                        .toList();
        return new OperatorCase(name, new OnnxModel(Map.of("", (long) opset), graph, Map.of()), flowing);
    }
}
