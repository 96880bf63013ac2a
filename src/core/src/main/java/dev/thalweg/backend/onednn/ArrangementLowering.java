package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Node;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.onednn.Status;
import java.util.Optional;

/** The same elements in other places. */
final class ArrangementLowering {
    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;

    ArrangementLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
    }

    /**
     * Each input is copied to its part of the result, from wherever it lies. The result is plain: from parts of plain
     * pictures to parts of pictures in blocks of channels oneDNN 3.13 copies the first picture alone.
     */
    void concat(Node node, int axis) {
        Location result = program.locate(
                MemoryDesc.plain(node.output().shape(), node.output().type()));
        int from = 0;
        for (Value input : node.inputs()) {
            int length = input.shape().dim(axis);
            context.copy(
                    asItLies(input),
                    new Location(result.buffer(), program.own(result.layout().part(axis, from, length))));
            from += length;
        }
        compiler.put(node.output(), result);
    }

    /** In whatever layout and type, since it is copied. */
    private Location asItLies(Value value) {
        return compiler.find(value)
                .filter(location -> location.layout().dims().equals(value.shape()))
                .orElseGet(() -> compiler.in(value, value.shape()));
    }

    /** A part of the same memory, in whatever layout that has; who needs it otherwise reorders it. */
    void slice(Node node, Slice op) {
        Location source = context.in(node, 0);
        Optional<MemoryDesc> part = part(source.layout(), op.axis(), op.from(), op.length());
        Location origin = part.isPresent() ? source : context.plainIn(node.input(0));
        compiler.putPart(
                node.output(),
                new Location(
                        origin.buffer(),
                        part.or(() -> part(origin.layout(), op.axis(), op.from(), op.length()))
                                .orElseThrow()));
    }

    /** Empty where it would begin or end within a block of the layout. */
    private Optional<MemoryDesc> part(MemoryDesc layout, int axis, int from, int length) {
        try {
            return Optional.of(program.own(layout.part(axis, from, length)));
        } catch (OneDnnException e) {
            if (e.is(Status.UNIMPLEMENTED)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The same memory, seen in another order; who needs it otherwise reorders it. */
    void transpose(Node node, Transpose op) {
        Value source = node.input(0);
        compiler.put(
                node.output(),
                new Location(
                        context.plainIn(source).buffer(),
                        program.own(MemoryDesc.transposed(source.shape(), source.type(), op.order()))));
    }
}
