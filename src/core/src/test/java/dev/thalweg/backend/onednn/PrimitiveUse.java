package dev.thalweg.backend.onednn;

import dev.thalweg.tensor.DataType;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Which of oneDNN's implementations computes an operation.
 *
 * @param operation as {@code convolution_forward}
 * @param type of what it computes with: the narrowest floats that go in or come out
 * @param implementation as {@code jit:ir}
 */
public record PrimitiveUse(String operation, DataType type, String implementation) implements Comparable<PrimitiveUse> {
    private static final Comparator<PrimitiveUse> ORDER = Comparator.comparing(PrimitiveUse::operation)
            .thenComparing(PrimitiveUse::type)
            .thenComparing(PrimitiveUse::implementation);

    /** Reads what {@link #toString} wrote. */
    public static PrimitiveUse parse(String line) {
        String[] words = line.split(" ", 3);
        return new PrimitiveUse(words[0], DataType.valueOf(words[1]), words[2]);
    }

    /** Those of a program. */
    static Stream<PrimitiveUse> of(Program program) {
        return program.instructions().stream()
                .filter(Instruction.OfPrimitive.class::isInstance)
                .map(Instruction.OfPrimitive.class::cast)
                .map(call -> new PrimitiveUse(
                        call.desc().operation(), type(call), call.desc().implementation()));
    }

    private static DataType type(Instruction.OfPrimitive call) {
        return Stream.concat(call.reads(), call.writes())
                .map(location -> location.layout().type())
                .filter(DataType::isFloat)
                .min(Comparator.comparing(DataType::bytes))
                .orElse(DataType.FLOAT32);
    }

    @Override
    public int compareTo(PrimitiveUse other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return operation + " " + type + " " + implementation;
    }
}
