package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.Primitive;
import dev.thalweg.onednn.PrimitiveCall;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Map;

/** Copies between layouts outside of a compiled graph. */
final class Reorders {
    private Reorders() {}

    static void copy(OneDnnBackend backend, MemoryDesc fromLayout, Piece from, MemoryDesc toLayout, Piece to) {
        OneDnn.withThreads(backend.threads(), () -> {
            compute(backend, fromLayout, from, toLayout, to);
            return null;
        });
    }

    private static void compute(
            OneDnnBackend backend, MemoryDesc fromLayout, Piece from, MemoryDesc toLayout, Piece to) {
        try (MemoryOwner owner = MemoryOwner.named("reorder");
                PrimitiveDesc desc = PrimitiveDesc.reorder(backend.engine(), fromLayout, toLayout);
                MemoryDesc scratchpad = desc.layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8);
                Memory room = backend.processor()
                        .memory(scratchpad, backend.processor().allocate(owner, desc.size(Argument.SCRATCHPAD)));
                Memory source = backend.processor().memory(fromLayout, from);
                Memory target = backend.processor().memory(toLayout, to);
                Primitive primitive = new Primitive(desc)) {
            PrimitiveCall call = new PrimitiveCall(
                    primitive, Map.of(Argument.SRC, source, Argument.DST, target, Argument.SCRATCHPAD, room), owner);
            // Several sets of parameters share the stream.
            synchronized (backend.stream()) {
                call.execute(backend.stream());
                backend.stream().await();
            }
        }
    }
}
