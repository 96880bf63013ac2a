package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Node;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Status;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** The same elements in other places. */
final class ArrangementLowering {
    /**
     * Copies stretches of memory. Other implementations reorder each source to its part of the result, and from parts
     * to parts oneDNN 3.13 reorders the first picture alone where one of them lies in blocks of channels.
     */
    private static final String SIMPLE = "simple";

    private static final int PICTURE_RANK = 4;

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;

    ArrangementLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
    }

    /** Pictures in a layout that the primitive chooses by those of its sources. */
    void concat(Node node, int axis) {
        Shape dims = node.output().shape();
        DataType type = node.output().type();
        MemoryDesc layout =
                dims.rank() == PICTURE_RANK ? context.any(dims, type) : program.own(MemoryDesc.plain(dims, type));
        List<Location> sources = node.inputs().stream().map(this::asItLies).toList();
        PrimitiveDesc desc = desc(axis, sources, layout);
        if (!desc.implementation().startsWith(SIMPLE)) {
            sources = sources.stream().map(this::whole).toList();
            desc = desc(axis, sources, layout);
        }
        Location result = context.result(desc, Argument.DST, dims, type);
        program.add(desc, sources, result);
        compiler.put(node.output(), result);
    }

    private PrimitiveDesc desc(int axis, List<Location> sources, MemoryDesc layout) {
        return context.own(PrimitiveDesc.concat(
                context.engine(), axis, sources.stream().map(Location::layout).toList(), layout));
    }

    /** In whatever layout. */
    private Location asItLies(Value value) {
        return compiler.find(value)
                .filter(location -> location.layout().dims().equals(value.shape())
                        && location.layout().type() == value.type())
                .orElseGet(() -> compiler.in(value, value.shape()));
    }

    /** What is a part of something, copied to memory of its own, in the same layout. */
    private Location whole(Location location) {
        if (!location.isPart()) {
            return location;
        }
        Shape dims = location.layout().dims();
        DataType type = location.layout().type();
        PrimitiveDesc alone = desc(0, List.of(location), context.any(dims, type));
        return compiler.converted(location, alone.layout(Argument.DST, dims, type));
    }

    /** A part of the same memory, in whatever layout that has; who needs it otherwise reorders it. */
    void slice(Node node, Slice op) {
        Location source = context.in(node, 0);
        Optional<MemoryDesc> part = part(source.layout(), op.axis(), op.from(), op.length());
        Location origin = part.isPresent() ? source : context.plainIn(node.input(0));
        compiler.put(
                node.output(),
                origin.part(part.or(() -> part(origin.layout(), op.axis(), op.from(), op.length()))
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
