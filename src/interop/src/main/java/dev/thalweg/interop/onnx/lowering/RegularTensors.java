package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import java.util.ArrayList;
import java.util.List;

/** Operators that make tensors of a regular pattern, or lay one over another. */
final class RegularTensors {
    private RegularTensors() {}

    static List<Operand> range(Call call) {
        Known start = call.one(0);
        double first = start.doubles()[0];
        double limit = call.one(1).doubles()[0];
        double step = call.one(2).doubles()[0];
        double count = Math.ceil((limit - first) / step);
        if (Double.isNaN(count)) {
            throw call.refusal("goes from " + first + " to " + limit + " by " + step);
        }
        double[] numbers = new double[Extents.onHost((long) Math.max(0, count))];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = first + i * step;
        }
        return List.of(Known.of(start.type(), List.of(numbers.length), numbers));
    }

    static List<Operand> eyeLike(Call call) {
        Operand like = call.operand(0);
        ElementType type = ElementType.of(call.whole("dtype", 0)).orElse(like.type());
        return List.of(Known.of(
                type, like.dims(), triangle(call, like.dims(), call.whole("k", 0), (row, column) -> row == column)));
    }

    private interface Relation {
        boolean holds(long row, long column);
    }

    /** Ones where row and column, moved by an offset, stand in a relation; of matrices along the last two axes. */
    private static long[] triangle(Call call, List<Integer> dims, long offset, Relation relation) {
        if (dims.size() < 2) {
            throw call.refusal("got extents " + dims + ", expected matrices");
        }
        int columns = dims.getLast();
        int rows = dims.get(dims.size() - 2);
        long[] ones = new long[Extents.onHost(Extents.elements(dims))];
        for (int i = 0; i < ones.length; i++) {
            ones[i] = relation.holds(i / columns % rows + offset, i % columns) ? 1 : 0;
        }
        return ones;
    }

    /** Above or below a diagonal, and zeros elsewhere. */
    static List<Operand> trilu(Call call) {
        Operand source = call.operand(0);
        long diagonal = call.optional(1).isPresent() ? call.whole(1) : 0;
        boolean upper = call.whole("upper", 1) != 0;
        Known kept = Known.of(
                ElementType.BOOL,
                source.dims(),
                triangle(
                        call,
                        source.dims(),
                        diagonal,
                        upper ? (row, column) -> row <= column : (row, column) -> row >= column));
        return List.of(Combinations.where(call.graph(), kept, source, Known.of(source.type(), List.of(), 0L)));
    }

    /** Indices beyond the depth make a row of the first number alone. */
    static List<Operand> oneHot(Call call) {
        Known indices = call.known(0);
        int depth = Extents.checked(call.whole(1));
        Known values = call.known(2);
        if (values.elements() != 2 || depth == 0) {
            throw call.refusal("got depth " + depth + " and values " + values.dims() + ", expected 1 or more and two");
        }
        int axis = Extents.axis(call.whole("axis", -1), indices.rank() + 1);
        List<Integer> dims = new ArrayList<>(indices.dims());
        dims.add(axis, depth);
        int inner = Extents.elements(dims.subList(axis + 1, dims.size()));
        long[] given = indices.tensor().wholes();
        int[] places = new int[Extents.onHost(Extents.elements(dims))];
        for (int i = 0; i < places.length; i++) {
            long index = given[i / inner / depth * inner + i % inner];
            places[i] = (index < 0 ? index + depth : index) == i / inner % depth ? 1 : 0;
        }
        return List.of(values.at(dims, places));
    }
}
