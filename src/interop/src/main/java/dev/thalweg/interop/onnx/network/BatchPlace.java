package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.lowering.Operand;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the examples lie in a value: along one axis, maybe beside something else, as heads lie within examples, or
 * examples within tokens.
 *
 * @param axis which
 * @param before how many blocks of all examples that axis has; 1 if examples are outermost in it
 */
record BatchPlace(int axis, int before) {
    /** Of what flows in. */
    static final BatchPlace OUTERMOST = new BatchPlace(0, 1);

    /** How many blocks of all examples a value has, row-major. */
    long blocks(List<Integer> dims) {
        return Math.multiplyExact(product(dims.subList(0, axis)), before);
    }

    /** The same examples after a change of the extents alone, on an axis that has them; null if they are not there. */
    static @Nullable BatchPlace reshaped(long blocks, List<Integer> dims, int axis, int batch) {
        long outer = product(dims.subList(0, axis));
        if (blocks % outer != 0) {
            return null;
        }
        long before = blocks / outer;
        return dims.get(axis) % Math.multiplyExact(before, batch) == 0
                ? new BatchPlace(axis, Math.toIntExact(before))
                : null;
    }

    static long product(List<Integer> extents) {
        return extents.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** The extents of a value; none of what is not known: the operator that takes it says so. */
    static List<Integer> dims(Map<String, Operand> values, String name) {
        Operand operand = values.get(name);
        return operand == null ? List.of() : operand.dims();
    }
}
