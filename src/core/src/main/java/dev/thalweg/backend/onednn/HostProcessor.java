package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.DropoutMaskFill;
import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.Storage;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.runtime.Updates;
import dev.thalweg.collective.Collective;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** The CPU and its memory. */
final class HostProcessor implements Processor {
    private final Engine engine = Engine.cpu();

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Piece allocate(MemoryOwner owner, long bytes) {
        return Storage.HOST.allocate(owner, bytes);
    }

    @Override
    public Memory memory(MemoryDesc layout, Piece piece) {
        return new Memory(engine, layout, ((HostPiece) piece).segment());
    }

    @Override
    public Updates updates(MemoryOwner owner, ThreadTeam team, List<HostUpdates.Item> items) {
        return new HostUpdates(team, items);
    }

    @Override
    public Runnable draw(MemoryOwner owner, ThreadTeam team, DropoutMask op, Piece mask, Seed seed) {
        DropoutMaskFill fill = new DropoutMaskFill(op, ((HostPiece) mask).segment(), seed, team.members());
        return () -> team.run(fill);
    }

    @Override
    public SharedSums allReduce(MemoryOwner owner, Collective collective, Piece numbers) {
        MemorySegment segment = ((HostPiece) numbers).segment();
        return new SharedSums() {
            @Override
            public void start() {
                collective.startAllReduce(segment);
            }

            @Override
            public void end() {}
        };
    }

    @Override
    public Stream newStream() {
        return new Stream(engine);
    }

    @Override
    public void finish(Stream stream) {
        stream.await();
    }

    @Override
    public boolean hasTeamKernels() {
        return true;
    }

    @Override
    public Optional<String> recurrencesRefused() {
        return Optional.empty();
    }

    @Override
    public RuntimeException explain(OneDnnException e) {
        return e;
    }

    @Override
    public boolean computesIn(DataType type) {
        return switch (type) {
            case FLOAT32 -> true;
            case BFLOAT16 -> OneDnn.hasBfloat16();
            case FLOAT16 -> OneDnn.hasFloat16();
            case INT32, INT8, UINT8 -> false;
        };
    }

    /** What {@link #computesIn} says yes to, the processor has instructions for. */
    @Override
    public boolean emulates(DataType type) {
        return false;
    }

    @Override
    public String description() {
        return "instruction set " + OneDnn.instructionSet();
    }

    @Override
    public void close() {
        engine.close();
    }
}
