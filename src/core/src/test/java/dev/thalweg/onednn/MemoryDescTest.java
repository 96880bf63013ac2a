package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryDescTest {
    private static final Shape KERNEL = Shape.of(24, 20, 3, 3);

    /** The layout of kernels that a convolution over so many channels chooses: in blocks, on most processors. */
    private static MemoryDesc chosen(Engine engine, Scope scope, int channels, DataType type) {
        MemoryDesc source = scope.own(MemoryDesc.any(Shape.of(2, channels, 12, 12), type));
        MemoryDesc result = scope.own(MemoryDesc.any(Shape.of(2, 24, 10, 10), type));
        Shape dims = KERNEL.with(1, channels);
        MemoryDesc kernel = scope.own(MemoryDesc.any(dims, type));
        Sliding sliding = new Sliding(new int[] {1, 1}, new int[2], new int[2], new int[2]);
        PrimitiveDesc convolution =
                scope.own(Convolutions.forward(engine, true, source, kernel, null, result, sliding, Attributes.NONE));
        return convolution.layout(Argument.WEIGHTS, dims, type);
    }

    /** oneDNN's own comparison is the truth. */
    @Test
    void wordsAreTheSameWhereLayoutsAre() {
        try (Scope scope = new Scope();
                Engine engine = Engine.cpu()) {
            List<MemoryDesc> all = new ArrayList<>();
            for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
                all.add(MemoryDesc.plain(KERNEL, type));
                all.add(MemoryDesc.any(KERNEL, type));
            }
            all.add(MemoryDesc.plain(Shape.of(24, 20, 9), DataType.FLOAT32));
            all.add(MemoryDesc.plain(Shape.of(20, 24, 3, 3), DataType.FLOAT32));
            all.add(MemoryDesc.transposed(Shape.of(20, 24, 3, 3), DataType.FLOAT32, List.of(1, 0, 2, 3)));
            all.add(MemoryDesc.transposed(Shape.of(24, 3, 3, 20), DataType.FLOAT32, List.of(0, 3, 1, 2)));
            for (int channels : new int[] {20, 20, 3, 16, 32}) {
                all.add(chosen(engine, scope, channels, DataType.FLOAT32));
            }
            all.forEach(scope::own);
            for (int from : new int[] {0, 8}) {
                all.add(scope.own(all.getFirst().part(0, from, 8)));
            }
            Set<String> layouts = new HashSet<>();
            for (MemoryDesc one : all) {
                layouts.add(one.layout());
                for (MemoryDesc other : all) {
                    assertEquals(
                            one.sameAs(other),
                            one.layout().equals(other.layout()),
                            one.layout() + "\n" + other.layout());
                }
            }
            // Made twice: what a convolution of 20 channels chooses, which may be row-major here.
            assertTrue(layouts.size() >= all.size() - 4 && layouts.size() < all.size(), layouts.toString());
        }
    }
}
