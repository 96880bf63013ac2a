package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.winograd.Scratch;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.Primitive;
import dev.thalweg.onednn.PrimitiveCall;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The memory of one run as the threads of a team see it. */
final class TeamMemory {
    private final Processor processor;
    private final Function<Location, Piece> pieces;
    private final MemoryOwner owner;
    private final Scope scope;
    private final List<Scratch.Pool> scratch = new ArrayList<>();

    /** Gives what is opened to a scope, and memory beside the run's to an owner. */
    TeamMemory(Processor processor, Function<Location, Piece> pieces, MemoryOwner owner, Scope scope) {
        this.processor = processor;
        this.pieces = pieces;
        this.owner = owner;
        this.scope = scope;
    }

    /** Where a location lies. */
    MemorySegment segment(Location location) {
        return ((HostPiece) pieces.apply(location)).segment();
    }

    /** Arrays for one thread, which all kernels of the run share. */
    Scratch scratch(int thread) {
        while (scratch.size() <= thread) {
            scratch.add(new Scratch.Pool());
        }
        return scratch.get(thread).open();
    }

    /** A segment as primitives see it. */
    Memory described(MemoryDesc layout, MemorySegment segment) {
        return scope.own(processor.memory(layout, new HostPiece(segment)));
    }

    /** A primitive on memory of one thread alone; what is returned is that thread's to run. */
    Runnable call(PrimitiveDesc desc, Primitive primitive, Map<Argument, Memory> arguments) {
        Map<Argument, Memory> memories = new EnumMap<>(arguments);
        if (desc.size(Argument.SCRATCHPAD) > 0) {
            try (MemoryDesc layout = desc.layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8)) {
                memories.put(
                        Argument.SCRATCHPAD,
                        scope.own(processor.memory(layout, processor.allocate(owner, layout.size()))));
            }
        }
        Stream stream = scope.own(processor.newStream());
        PrimitiveCall call = new PrimitiveCall(primitive, memories, owner);
        return () -> call.execute(stream);
    }
}
