package dev.thalweg.backend.onednn;

import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.Primitive;
import dev.thalweg.onednn.PrimitiveCall;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Copies between layouts outside of a compiled graph. */
final class Reorders {
    private Reorders() {
    }

    static void copy(OneDnnBackend backend, MemoryDesc fromLayout, MemorySegment from, MemoryDesc toLayout, MemorySegment to) {
        OneDnn.setThreads(backend.threads());
        try (MemoryOwner owner = MemoryOwner.named("reorder");
                PrimitiveDesc desc = PrimitiveDesc.reorder(backend.engine(), fromLayout, toLayout);
                MemoryDesc scratchpad = desc.layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8);
                Memory room = new Memory(backend.engine(), scratchpad, owner.allocate(desc.size(Argument.SCRATCHPAD)));
                Memory source = new Memory(backend.engine(), fromLayout, from);
                Memory target = new Memory(backend.engine(), toLayout, to);
                Primitive primitive = new Primitive(desc)) {
            new PrimitiveCall(primitive, Map.of(Argument.SRC, source, Argument.DST, target, Argument.SCRATCHPAD, room), owner).execute(backend.stream());
            backend.stream().await();
        }
    }
}
