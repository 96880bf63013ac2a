package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Floats as whole numbers of few bits, and back: by one scale, one for each index of an axis, or one for each block
 * along it. What is known folds; whole numbers that flow are floats without fractions.
 */
final class Quantization {
    private Quantization() {}

    /** The quotient is rounded half to even before the zero point is added; what is beyond the type is cut to it. */
    static List<Operand> quantize(Call call) {
        Operand source = call.operand(0);
        Optional<Operand> zero = zeroPoint(call, source);
        ElementType type = zero.map(Operand::type).orElseGet(() -> givenType(call, "output_dtype", ElementType.UINT8));
        double least = least(call, type);
        double most = most(type);
        Operand quotient = Elementwise.apply(call.graph(), Combinations.DIV, source, scale(call, source));
        Operand rounded = Elementwise.apply(call.graph(), Functions.ROUND, quotient);
        Operand moved =
                zero.isPresent() ? Elementwise.apply(call.graph(), Combinations.ADD, rounded, zero.get()) : rounded;
        Operand cut = Elementwise.apply(call.graph(), Functions.between((float) least, (float) most), moved);
        return List.of(
                switch (cut) {
                    case Known known -> Known.of(type, known.dims(), known.doubles());
                    case Flowing flowing -> new Flowing(flowing.value(), flowing.dims(), type);
                });
    }

    static List<Operand> dequantize(Call call) {
        Operand source = floats(call.operand(0));
        Operand moved = zeroPoint(call, source)
                .map(zero -> Elementwise.apply(call.graph(), Combinations.SUB, source, floats(zero)))
                .orElse(source);
        ElementType type = givenType(call, "output_dtype", call.operand(1).type());
        return List.of(Elementwise.apply(call.graph(), Combinations.MUL, moved, scale(call, source), type));
    }

    /** Differences of bytes are no bytes. */
    private static Operand floats(Operand operand) {
        return switch (operand) {
            case Known known -> Known.of(ElementType.FLOAT, known.dims(), known.doubles());
            case Flowing flowing -> new Flowing(flowing.value(), flowing.dims(), ElementType.FLOAT);
        };
    }

    private static ElementType givenType(Call call, String attribute, ElementType otherwise) {
        long number = call.whole(attribute, 0);
        return number == 0
                ? otherwise
                : ElementType.of(number)
                        .orElseThrow(
                                () -> call.refusal(attribute + " is type number " + number + ", which is not read"));
    }

    private static double most(ElementType type) {
        return switch (type) {
            case INT8 -> Byte.MAX_VALUE;
            case UINT8 -> 255;
            case INT16 -> Short.MAX_VALUE;
            default -> 65535;
        };
    }

    private static double least(Call call, ElementType type) {
        return switch (type) {
            case INT8 -> Byte.MIN_VALUE;
            case INT16 -> Short.MIN_VALUE;
            case UINT8, UINT16 -> 0;
            default -> throw call.refusal("quantizes to " + type + ", expected INT8, UINT8, INT16 or UINT16");
        };
    }

    private static Operand scale(Call call, Operand source) {
        return aligned(call, call.operand(1), source);
    }

    private static Optional<Operand> zeroPoint(Call call, Operand source) {
        return call.optional(2).map(zero -> aligned(call, zero, source));
    }

    /** Numbers for the whole source, for the indices of an axis, or for blocks along it, so that they broadcast. */
    private static Operand aligned(Call call, Operand numbers, Operand source) {
        Arrangement arrangement = new Arrangement(call.graph());
        if (numbers.elements() == 1) {
            return arrangement.reshape(numbers, List.of());
        }
        int axis = Extents.axis(call.whole("axis", 1), source.rank());
        int extent = source.dims().get(axis);
        long block = call.whole("block_size", 0);
        if (block > 0) {
            if (numbers.rank() != source.rank() || numbers.dims().get(axis) != Math.ceilDiv(extent, block)) {
                throw new ShapeException("got scales or zero points " + numbers.dims() + " for blocks of " + block
                        + " along axis " + axis + " of " + source.dims());
            }
            return arrangement.take(
                    numbers,
                    axis,
                    IntStream.range(0, Extents.onHost(extent))
                            .map(i -> (int) (i / block))
                            .toArray());
        }
        List<Integer> dims = new ArrayList<>(Collections.nCopies(source.rank(), 1));
        dims.set(axis, extent);
        return arrangement.reshape(numbers, dims);
    }
}
