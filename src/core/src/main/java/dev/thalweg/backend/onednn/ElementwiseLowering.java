package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Algorithm;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Elementwise;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Map;

/** Functions of each element, combinations and sums of tensors. */
final class ElementwiseLowering {
    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;

    ElementwiseLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
    }

    private PrimitiveDesc eltwiseDesc(Eltwise op, MemoryDesc layout) {
        return context.own(Elementwise.forward(
                engine, context.training(), Algorithms.of(op), layout, layout, Algorithms.alpha(op), op.beta()));
    }

    void eltwise(Node node, Eltwise op) {
        Place source = context.in(node, 0);
        Place result = context.resultOver(node, node.input(0), source);
        program.step(eltwiseDesc(op, source.layout()), Map.of(Argument.SRC, source, Argument.DST, result));
        compiler.put(node.output(), result);
    }

    /** A function without coefficients, forward alone. */
    Place function(Eltwise.Kind kind, Place source) {
        Place result = program.place(source.layout().copy());
        program.step(
                eltwiseDesc(new Eltwise(kind, 0, 0), source.layout()),
                Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }

    void eltwiseBackward(Node node, Eltwise op) {
        Place data = context.in(node, 0);
        MemoryDesc layout = data.layout();
        Place gradient = compiler.in(node.input(1), layout);
        Place result = context.resultOver(node, node.input(1), gradient);
        program.step(
                context.own(Elementwise.backward(
                        engine,
                        Algorithms.of(op),
                        layout,
                        layout,
                        layout,
                        Algorithms.alpha(op),
                        op.beta(),
                        eltwiseDesc(op, layout))),
                Map.of(
                        op.backwardUsesOutput() ? Argument.DST : Argument.SRC,
                        data,
                        Argument.DIFF_DST,
                        gradient,
                        Argument.DIFF_SRC,
                        result));
        compiler.put(node.output(), result);
    }

    void binary(Node node, Binary op) {
        Place first = context.in(node, 0);
        Place other = operand(first, node.input(1));
        compiler.put(
                node.output(),
                binary(
                        op.kind(),
                        first,
                        other,
                        context.resultOver(node, node.input(0), first),
                        LoweringContext.attributes(op.activation())));
    }

    Place binary(Binary.Kind kind, Place first, Value second, Attributes attributes) {
        return binary(
                kind,
                first,
                operand(first, second),
                program.place(first.layout().copy()),
                attributes);
    }

    Place binary(Binary.Kind kind, Place first, Place other, Place result, Attributes attributes) {
        program.step(
                context.own(Elementwise.binary(
                        engine, Algorithms.of(kind), first.layout(), other.layout(), result.layout(), attributes)),
                Map.of(Argument.SRC, first, Argument.SRC_1, other, Argument.DST, result));
        return result;
    }

    private Place operand(Place first, Value second) {
        return compiler.in(
                second, second.shape().equals(first.layout().dims()) ? first.layout() : context.plain(second.shape()));
    }

    Place reduction(Algorithm algorithm, Place source, Shape dims) {
        Place result = program.place(MemoryDesc.plain(dims, DataType.FLOAT32));
        program.step(
                context.own(
                        Elementwise.reduction(engine, algorithm, source.layout(), result.layout(), Attributes.NONE)),
                Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }
}
