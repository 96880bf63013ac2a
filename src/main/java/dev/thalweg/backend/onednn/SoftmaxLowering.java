package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Algorithm;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.Shape;
import java.util.Map;

/** Softmax and cross-entropy, forward and backward. */
final class SoftmaxLowering {
    private static final Attributes NEGATED = Attributes.NONE.then(new Attributes.Eltwise(Algorithm.ELTWISE_LINEAR, -1, 0));

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;
    private final ElementwiseLowering elementwise;

    SoftmaxLowering(LoweringContext context, ElementwiseLowering elementwise) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
        this.elementwise = elementwise;
    }

    private PrimitiveDesc softmaxDesc(MemoryDesc layout, int axis, boolean log) {
        return context.own(PrimitiveDesc.softmaxForward(engine, context.training(), Algorithms.softmax(log), layout, layout, axis));
    }

    void softmax(Node node, Softmax op) {
        Place source = context.in(node, 0);
        compiler.put(node.output(), softmax(source, context.resultOver(node, node.input(0), source), op.axis(), op.log()));
    }

    Place softmax(Place source, Place result, int axis, boolean log) {
        program.step(softmaxDesc(source.layout(), axis, log), Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }

    Place softmaxBackward(Place output, Value gradient, int axis, boolean log) {
        MemoryDesc layout = output.layout();
        return softmaxBackward(output, compiler.in(gradient, layout), axis, log);
    }

    Place softmaxBackward(Place output, Place gradient, int axis, boolean log) {
        MemoryDesc layout = output.layout();
        Place result = program.place(layout.copy());
        program.step(context.own(PrimitiveDesc.softmaxBackward(engine, Algorithms.softmax(log), layout, layout, layout, axis,
                softmaxDesc(layout, axis, log))),
                Map.of(Argument.DST, output, Argument.DIFF_DST, gradient, Argument.DIFF_SRC, result));
        return result;
    }

    void crossEntropy(Node node) {
        Shape logits = node.input(0).shape();
        Place source = compiler.in(node.input(0), context.plain(logits));
        Place logProbabilities = softmax(source, program.place(source.layout().copy()), 1, true);
        Place products = elementwise.binary(Binary.Kind.MUL, logProbabilities, node.input(1), NEGATED);
        compiler.put(node.outputs().get(0), elementwise.reduction(Algorithm.REDUCTION_SUM, products, logits.with(1, 1)));
        compiler.put(node.outputs().get(1), logProbabilities);
    }

    void crossEntropyBackward(Node node) {
        Place targets = compiler.in(node.input(1), context.plain(node.input(1).shape()));
        Place gradient = elementwise.binary(Binary.Kind.MUL, targets, node.input(2), NEGATED);
        compiler.put(node.output(), softmaxBackward(context.in(node, 0), gradient, 1, true));
    }
}
