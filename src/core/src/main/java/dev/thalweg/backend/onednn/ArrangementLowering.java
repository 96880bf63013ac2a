package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Node;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;

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

    /** Each input is copied to its part of the result. */
    void concat(Node node, int axis) {
        Location result = program.locate(MemoryDesc.plain(node.output().shape(), DataType.FLOAT32));
        int from = 0;
        for (int i = 0; i < node.inputs().size(); i++) {
            int length = node.input(i).shape().dim(axis);
            context.copy(
                    context.in(node, i),
                    new Location(result.buffer(), program.own(result.layout().part(axis, from, length))));
            from += length;
        }
        compiler.put(node.output(), result);
    }

    void slice(Node node, Slice op) {
        Location source = context.plainIn(node.input(0));
        Location result = program.locate(MemoryDesc.plain(node.output().shape(), DataType.FLOAT32));
        context.copy(
                new Location(source.buffer(), program.own(source.layout().part(op.axis(), op.from(), op.length()))),
                result);
        compiler.put(node.output(), result);
    }

    /** The same memory, seen in another order; who needs it otherwise reorders it. */
    void transpose(Node node, Transpose op) {
        Value source = node.input(0);
        compiler.put(
                node.output(),
                new Location(
                        context.plainIn(source).buffer(),
                        program.own(MemoryDesc.transposed(source.shape(), DataType.FLOAT32, op.order()))));
    }
}
