package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Operators that make and change shapes, and constants. */
final class Shapes {
    private Shapes() {}

    static List<Operand> constant(Call call) {
        Map<String, OnnxAttribute> attributes = call.node().attributes();
        if (attributes.size() != 1) {
            throw call.refusal("has " + attributes.size() + " attributes, expected one: the value");
        }
        OnnxAttribute value = attributes.values().iterator().next();
        return List.of(
                switch (value) {
                    case OnnxAttribute.Constant(OnnxTensor tensor) -> new Known(tensor);
                    case OnnxAttribute.Real(float number) -> Known.of(ElementType.FLOAT, List.of(), (double) number);
                    case OnnxAttribute.Whole(long number) -> Known.of(ElementType.INT64, List.of(), number);
                    case OnnxAttribute.Reals(List<Float> numbers) ->
                        Known.of(
                                ElementType.FLOAT,
                                List.of(numbers.size()),
                                numbers.stream().mapToDouble(Float::doubleValue).toArray());
                    case OnnxAttribute.Wholes(List<Long> numbers) ->
                        Known.of(
                                ElementType.INT64,
                                List.of(numbers.size()),
                                numbers.stream().mapToLong(Long::longValue).toArray());
                    case OnnxAttribute.Text _, OnnxAttribute.Texts _, OnnxAttribute.Unread _ ->
                        throw call.refusal("its value is neither a tensor nor numbers");
                });
    }

    /** From version 15 on a range of the axes, whose ends are cut to those there are. */
    static List<Operand> shape(Call call) {
        List<Integer> dims = call.operand(0).dims();
        int start = end(call.whole("start", 0), dims.size());
        int end = end(call.whole("end", dims.size()), dims.size());
        return List.of(Known.of(dims.subList(start, Math.max(start, end))));
    }

    private static int end(long index, int extent) {
        return (int) Math.clamp(index < 0 ? index + extent : index, 0L, (long) extent);
    }

    static List<Operand> size(Call call) {
        return List.of(
                Known.of(ElementType.INT64, List.of(), (long) call.operand(0).elements()));
    }

    static List<Operand> reshape(Call call) {
        List<Long> wanted = call.wholes("shape", 1).orElseThrow(() -> call.refusal("has no shape"));
        return List.of(new Arrangement(call.graph())
                .reshape(call.operand(0), resolved(call, call.operand(0).dims(), wanted, call.flag("allowzero"))));
    }

    private static List<Integer> resolved(Call call, List<Integer> dims, List<Long> wanted, boolean zeroIsZero) {
        List<Integer> result = new ArrayList<>();
        int open = -1;
        for (int i = 0; i < wanted.size(); i++) {
            long extent = wanted.get(i);
            if (extent == 0 && !zeroIsZero) {
                if (i >= dims.size()) {
                    throw call.refusal("its shape " + wanted + " copies axis " + i + ", which " + dims + " lacks");
                }
                result.add(dims.get(i));
            } else if (extent == -1 && open < 0) {
                open = i;
                result.add(1);
            } else {
                result.add(Extents.checked(extent));
            }
        }
        if (open >= 0) {
            int others = Extents.elements(result);
            int elements = Extents.elements(dims);
            if (others == 0 || elements % others != 0) {
                throw call.refusal("its shape " + wanted + " does not divide " + dims);
            }
            result.set(open, elements / others);
        }
        return result;
    }

    static List<Operand> flatten(Call call) {
        List<Integer> dims = call.operand(0).dims();
        long given = call.whole("axis", 1);
        int axis = given == dims.size() ? dims.size() : Extents.axis(given, dims.size());
        return List.of(new Arrangement(call.graph())
                .reshape(
                        call.operand(0),
                        List.of(
                                Extents.elements(dims.subList(0, axis)),
                                Extents.elements(dims.subList(axis, dims.size())))));
    }

    static List<Operand> squeeze(Call call) {
        List<Integer> dims = call.operand(0).dims();
        Optional<List<Long>> given = call.wholes("axes", 1);
        List<Integer> axes = given.map(list -> Axes.of(list, dims.size()))
                .orElseGet(() -> IntStream.range(0, dims.size())
                        .filter(i -> dims.get(i) == 1)
                        .boxed()
                        .toList());
        axes.forEach(axis -> {
            if (dims.get(axis) != 1) {
                throw call.refusal("axis " + axis + " of " + dims + " is not 1");
            }
        });
        List<Integer> result = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            if (!axes.contains(i)) {
                result.add(dims.get(i));
            }
        }
        return List.of(new Arrangement(call.graph()).reshape(call.operand(0), result));
    }

    static List<Operand> unsqueeze(Call call) {
        List<Long> given = call.wholes("axes", 1).orElseThrow(() -> call.refusal("has no axes"));
        List<Integer> dims = call.operand(0).dims();
        int rank = dims.size() + given.size();
        List<Integer> axes = Axes.of(given, rank);
        List<Integer> result = new ArrayList<>();
        for (int i = 0, from = 0; i < rank; i++) {
            result.add(axes.contains(i) ? 1 : dims.get(from++));
        }
        return List.of(new Arrangement(call.graph()).reshape(call.operand(0), result));
    }

    static List<Operand> expand(Call call) {
        Operand operand = call.operand(0);
        List<Integer> dims = Extents.broadcast(
                operand.dims(), Extents.of(call.known(1).tensor().wholes()));
        return List.of(new Arrangement(call.graph()).broadcast(operand, dims));
    }

    static List<Operand> constantOfShape(Call call) {
        Operand number = call.constant("value")
                .<Operand>map(Known::new)
                .orElseGet(() -> Known.of(ElementType.FLOAT, List.of(1), 0.0));
        Arrangement arrangement = new Arrangement(call.graph());
        return List.of(arrangement.broadcast(
                arrangement.reshape(number, List.of()),
                Extents.of(call.known(0).tensor().wholes())));
    }

    static List<Operand> cast(Call call) {
        ElementType type = ElementType.of(call.whole("to"))
                .orElseThrow(() -> call.refusal("type number " + call.whole("to") + " is not read"));
        return List.of(cast(call, call.operand(0), type));
    }

    static List<Operand> castLike(Call call) {
        return List.of(cast(call, call.operand(0), call.operand(1).type()));
    }

    /** Among floats the numbers flow on in single precision; as whole numbers they are cut towards 0. */
    private static Operand cast(Call call, Operand operand, ElementType type) {
        return switch (operand) {
            case Known known ->
                type.isFloating() || known.type().isFloating()
                        ? Known.of(type, known.dims(), known.doubles())
                        : Known.of(
                                type,
                                known.dims(),
                                type == ElementType.BOOL
                                        ? Arrays.stream(known.tensor().wholes())
                                                .map(w -> w == 0 ? 0 : 1)
                                                .toArray()
                                        : known.tensor().wholes());
            case Flowing flowing
            when type.isFloating() || !flowing.type().isFloating() && type != ElementType.BOOL ->
                new Flowing(flowing.value(), flowing.dims(), type);
            case Flowing(Value value, List<Integer> dims, ElementType from) ->
                new Flowing(
                        type == ElementType.BOOL
                                ? Functions.isNotZero(call.graph(), value)
                                : Functions.TRUNCATE.graph().of(call.graph(), value),
                        dims,
                        type);
        };
    }

    static List<Operand> identity(Call call) {
        return List.of(call.operand(0));
    }
}
