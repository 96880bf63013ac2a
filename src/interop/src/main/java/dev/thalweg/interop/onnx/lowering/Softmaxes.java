package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.function.BiFunction;

/** Softmax and its like: from version 13 on along one axis, before along all axes from one on. */
final class Softmaxes {
    private static final int ONE_AXIS_SINCE = 13;

    private Softmaxes() {}

    /** A function along an axis of a tensor, applied along what the version says. */
    static Operand along(Call call, BiFunction<Operand, Integer, Operand> function) {
        Operand source = call.operand(0);
        List<Integer> dims = source.dims();
        if (call.opset() >= ONE_AXIS_SINCE) {
            return function.apply(source, Extents.axis(call.whole("axis", -1), dims.size()));
        }
        int axis = Extents.axis(call.whole("axis", 1), dims.size());
        Arrangement arrangement = new Arrangement(call.graph());
        List<Integer> rows =
                List.of(Extents.elements(dims.subList(0, axis)), Extents.elements(dims.subList(axis, dims.size())));
        return arrangement.reshape(function.apply(arrangement.reshape(source, rows), 1), dims);
    }

    static Lowering of(boolean log) {
        return call -> List.of(along(call, (operand, axis) -> {
            if (operand.elements() == 0) {
                throw new ShapeException("got no elements, expected some");
            }
            Value value = new Arrangement(call.graph()).value(operand);
            return new Flowing(
                    log ? call.graph().logSoftmax(value, axis) : call.graph().softmax(value, axis),
                    operand.dims(),
                    operand.type());
        }));
    }
}
