package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The same elements in other places: of known operands at once, of others as operations of a graph. */
final class Arrangement {
    /** So many copies of ranges are preferred to a product with a matrix of ones. */
    private static final int MOST_RANGES = 16;

    private final GraphBuilder graph;

    Arrangement(GraphBuilder graph) {
        this.graph = graph;
    }

    /** An operand in the graph, where a scalar has extent 1. */
    Value value(Operand operand) {
        return switch (operand) {
            case Flowing flowing -> flowing.value();
            case Known known -> {
                Shape shape = Extents.shape(known.dims());
                float[] numbers = known.tensor().floats();
                yield allEqual(numbers) ? graph.constant(numbers[0], shape) : graph.constant(numbers, shape);
            }
        };
    }

    private static boolean allEqual(float[] numbers) {
        for (float number : numbers) {
            if (Float.floatToRawIntBits(number) != Float.floatToRawIntBits(numbers[0])) {
                return false;
            }
        }
        return true;
    }

    Operand reshape(Operand operand, List<Integer> dims) {
        if (Extents.elements(dims) != operand.elements()) {
            throw new ShapeException("cannot reshape " + operand.dims() + " to " + dims);
        }
        return switch (operand) {
            case Known known -> known.reshaped(dims);
            case Flowing(Value value, List<Integer> from, ElementType type) ->
                new Flowing(graph.reshape(value, Extents.shape(dims)), dims, type);
        };
    }

    /** For each axis of the result, which axis of the operand it is. */
    Operand transpose(Operand operand, List<Integer> order) {
        List<Integer> dims = operand.dims();
        if (!order.stream().sorted().toList().equals(axes(dims.size()))) {
            throw new ShapeException("an order of " + dims.size() + " axes names each once, got " + order);
        }
        List<Integer> result = order.stream().map(dims::get).toList();
        return switch (operand) {
            case Known known -> {
                int[] strides = Extents.strides(dims);
                yield known.at(
                        result,
                        places(result, order.stream().mapToInt(i -> strides[i]).toArray()));
            }
            case Flowing(Value value, List<Integer> from, ElementType type) ->
                dims.isEmpty()
                        ? operand
                        : new Flowing(graph.transpose(value, order.toArray(Integer[]::new)), result, type);
        };
    }

    private static List<Integer> axes(int rank) {
        return IntStream.range(0, rank).boxed().toList();
    }

    /** Row-major places of a tensor whose neighbours lie that far apart. */
    static int[] places(List<Integer> dims, int[] strides) {
        int[] places = new int[Extents.onHost(Extents.elements(dims))];
        int[] index = new int[dims.size()];
        for (int i = 0, place = 0; i < places.length; i++) {
            places[i] = place;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                place += strides[axis];
                if (++index[axis] < dims.get(axis)) {
                    break;
                }
                place -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return places;
    }

    /** Repeats along axes of extent 1, and new ones in front. */
    Operand broadcast(Operand operand, List<Integer> dims) {
        List<Integer> aligned = Extents.aligned(operand.dims(), dims.size());
        if (!Extents.broadcast(aligned, dims).equals(dims)) {
            throw new ShapeException("cannot repeat " + operand.dims() + " to " + dims);
        }
        if (operand.dims().equals(dims)) {
            return operand;
        }
        return switch (operand) {
            case Known known -> {
                int[] strides = Extents.strides(aligned);
                Arrays.setAll(strides, axis -> aligned.get(axis) == 1 ? 0 : strides[axis]);
                yield known.at(dims, places(dims, strides));
            }
            case Flowing _ when dims.contains(0) -> empty(operand.type(), dims);
            case Flowing(Value value, List<Integer> from, ElementType type) ->
                new Flowing(
                        graph.broadcast(graph.reshape(value, Extents.shape(aligned)), Extents.shape(dims)), dims, type);
        };
    }

    static Known empty(ElementType type, List<Integer> dims) {
        return Known.of(type, dims, new long[0]);
    }

    /** A range of an axis. */
    Operand slice(Operand operand, int axis, int from, int length) {
        int extent = operand.dims().get(axis);
        if (from < 0 || length < 0 || from > extent - length) {
            throw new ShapeException(
                    "no " + length + " indices from " + from + " on along axis " + axis + " of " + operand.dims());
        }
        if (operand instanceof Flowing(Value value, List<Integer> dims, ElementType type) && length > 0) {
            return new Flowing(graph.slice(value, axis, from, length), Extents.with(dims, axis, length), type);
        }
        return take(operand, axis, IntStream.range(from, from + length).toArray());
    }

    /** Some indices of an axis, each as often as it stands there; zeros at −1. */
    Operand take(Operand operand, int axis, int[] indices) {
        List<Integer> dims = operand.dims();
        int extent = dims.get(axis);
        for (int index : indices) {
            if (index < -1 || index >= extent) {
                throw new ShapeException("no index " + index + " along axis " + axis + " of " + dims);
            }
        }
        List<Integer> result = Extents.with(dims, axis, indices.length);
        return switch (operand) {
            case Known known -> takeKnown(known, result, axis, indices);
            case Flowing _ when indices.length == 0 -> empty(operand.type(), result);
            case Flowing(Value value, List<Integer> from, ElementType type) ->
                new Flowing(takeFlowing(value, axis, indices), result, type);
        };
    }

    private static Known takeKnown(Known known, List<Integer> result, int axis, int[] indices) {
        int extent = known.dims().get(axis);
        int inner = Extents.product(result.subList(axis + 1, result.size()));
        int[] places = new int[Extents.onHost(Extents.elements(result))];
        for (int i = 0; i < places.length; i++) {
            int index = indices[i / inner % indices.length];
            places[i] = index < 0 ? -1 : (i / inner / indices.length * extent + index) * inner + i % inner;
        }
        return known.at(result, places);
    }

    /** The same of a value. */
    Value take(Value value, int axis, int[] indices) {
        return value(take(new Flowing(value), axis, indices));
    }

    private Value takeFlowing(Value value, int axis, int[] indices) {
        List<int[]> ranges = ranges(indices);
        if (ranges.size() <= MOST_RANGES) {
            return graph.concat(
                    axis,
                    ranges.stream()
                            .map(range -> range[0] < 0
                                    ? graph.constant(0, value.shape().with(axis, range[1]))
                                    : graph.slice(value, axis, range[0], range[1]))
                            .toList());
        }
        int step = indices[1] - indices[0];
        boolean even = step > 1
                && IntStream.range(1, indices.length).allMatch(i -> indices[i] - indices[i - 1] == step)
                && indices[0] >= 0;
        return even ? everyOf(value, axis, indices[0], step, indices.length) : select(value, axis, indices);
    }

    /** First indices and lengths of what lies side by side; −1 for zeros. */
    private static List<int[]> ranges(int[] indices) {
        List<int[]> ranges = new ArrayList<>();
        for (int index : indices) {
            int[] last = ranges.isEmpty() ? new int[] {-2, 0} : ranges.getLast();
            if (last[0] >= 0 && index == last[0] + last[1] || last[0] == -1 && index == -1) {
                last[1]++;
            } else {
                ranges.add(new int[] {index, 1});
            }
        }
        return ranges;
    }

    /** Every index that is so many steps from the first. */
    private Value everyOf(Value value, int axis, int first, int step, int count) {
        int padded = Math.multiplyExact(count, step);
        int present = Math.min(padded, value.shape().dim(axis) - first);
        Value from = graph.pad(graph.slice(value, axis, first, present), axis, 0, padded - present);
        List<Integer> split = new ArrayList<>(Extents.of(from.shape()));
        split.set(axis, count);
        split.add(axis + 1, step);
        Value firsts = graph.slice(graph.reshape(from, Extents.shape(split)), axis + 1, 0, 1);
        return graph.reshape(firsts, value.shape().with(axis, count));
    }

    /** By a product with a matrix that holds a one in each column. */
    private Value select(Value value, int axis, int[] indices) {
        int extent = value.shape().dim(axis);
        float[] matrix = matrix(extent, indices.length);
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] >= 0) {
                matrix[indices[i] * indices.length + i] = 1;
            }
        }
        return product(value, axis, matrix, indices.length);
    }

    /** Room for a matrix of constants. */
    static float[] matrix(int rows, int columns) {
        return new float[Extents.onHost((long) rows * columns)];
    }

    /** Along an axis, the product with a matrix {@code [extent, result]}. */
    Value product(Value value, int axis, float[] matrix, int result) {
        int rank = value.shape().rank();
        int extent = value.shape().dim(axis);
        List<Integer> order = new ArrayList<>(axes(rank));
        Collections.swap(order, axis, rank - 1);
        Value last = graph.transpose(value, order.toArray(Integer[]::new));
        Value rows = graph.reshape(last, Shape.of(Shape.extent(value.shape().elements() / extent), extent));
        Value columns = graph.matmul(rows, graph.constant(matrix, Shape.of(extent, result)));
        return graph.transpose(
                graph.reshape(columns, last.shape().with(rank - 1, result)), order.toArray(Integer[]::new));
    }

    /** Side by side along an axis. */
    Operand concat(int axis, List<Operand> operands) {
        Operand first = operands.getFirst();
        int length = 0;
        for (Operand operand : operands) {
            if (operand.rank() != first.rank()
                    || !Extents.with(operand.dims(), axis, 0).equals(Extents.with(first.dims(), axis, 0))) {
                throw new ShapeException(
                        "cannot put " + operand.dims() + " beside " + first.dims() + " along axis " + axis);
            }
            length = Math.addExact(length, operand.dims().get(axis));
        }
        List<Integer> dims = Extents.with(first.dims(), axis, length);
        List<Operand> parts = operands.stream().filter(o -> o.elements() > 0).toList();
        if (parts.isEmpty()) {
            return empty(first.type(), dims);
        }
        if (parts.stream().allMatch(Known.class::isInstance)) {
            return concatKnown(axis, dims, parts.stream().map(Known.class::cast).toList());
        }
        return new Flowing(graph.concat(axis, parts.stream().map(this::value).toList()), dims, first.type());
    }

    private static Known concatKnown(int axis, List<Integer> dims, List<Known> parts) {
        ElementType type = parts.getFirst().type();
        int outer = Extents.product(dims.subList(0, axis));
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(Extents.onHost(Extents.elements(dims)), type.bytes()));
        for (int i = 0; i < outer; i++) {
            for (Known part : parts) {
                ByteBuffer from = part.tensor().data().duplicate();
                int bytes = from.remaining() / outer;
                data.put(from.slice(from.position() + i * bytes, bytes));
            }
        }
        return Known.of(type, dims, data);
    }
}
