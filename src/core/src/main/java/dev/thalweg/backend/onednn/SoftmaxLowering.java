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
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Softmaxes;
import dev.thalweg.onednn.Status;
import dev.thalweg.tensor.Shape;
import java.util.Map;

/** Softmax and cross-entropy, forward and backward. */
final class SoftmaxLowering {
    private static final Attributes NEGATED =
            Attributes.NONE.then(new Attributes.Eltwise(Algorithm.ELTWISE_LINEAR, -1, 0));

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
        return context.own(
                Softmaxes.forward(engine, context.training(), Algorithms.softmax(log), layout, layout, axis));
    }

    void softmax(Node node, Softmax op) {
        Location source = context.in(node, 0);
        compiler.put(
                node.output(), softmax(source, context.resultOver(node, node.input(0), source), op.axis(), op.log()));
    }

    Location softmax(Location source, Location result, int axis, boolean log) {
        if (missing(source.layout(), axis, log)) {
            return chain(source, axis, log);
        }
        program.add(softmaxDesc(source.layout(), axis, log), Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }

    /** Whether this engine has no such primitive. */
    private boolean missing(MemoryDesc layout, int axis, boolean log) {
        try {
            softmaxDesc(layout, axis, log);
            return false;
        } catch (OneDnnException e) {
            if (e.is(Status.UNIMPLEMENTED)) {
                return true;
            }
            throw e;
        }
    }

    /** The same by simpler primitives: {@code x − m − ln Σ exp(x − m)} with m the maximum, and its exponential. */
    private Location chain(Location source, int axis, boolean log) {
        Shape one = source.layout().dims().with(axis, 1);
        Location centred =
                combine(Binary.Kind.SUB, source, elementwise.reduction(Algorithm.REDUCTION_MAX, source, one));
        Location sum =
                elementwise.reduction(Algorithm.REDUCTION_SUM, elementwise.function(Eltwise.Kind.EXP, centred), one);
        Location result = combine(Binary.Kind.SUB, centred, elementwise.function(Eltwise.Kind.LOG, sum));
        return log ? result : elementwise.function(Eltwise.Kind.EXP, result);
    }

    private Location combine(Binary.Kind kind, Location first, Location second) {
        return elementwise.binary(
                kind, first, second, program.locate(first.layout().copy()), Attributes.NONE);
    }

    /** {@code g − exp(y) Σ g} for the logarithm, {@code y (g − Σ g y)} else. */
    private Location chainBackward(Location output, Location gradient, int axis, boolean log) {
        Shape one = output.layout().dims().with(axis, 1);
        if (log) {
            return combine(
                    Binary.Kind.SUB,
                    gradient,
                    combine(
                            Binary.Kind.MUL,
                            elementwise.function(Eltwise.Kind.EXP, output),
                            elementwise.reduction(Algorithm.REDUCTION_SUM, gradient, one)));
        }
        Location products = combine(Binary.Kind.MUL, gradient, output);
        return combine(
                Binary.Kind.MUL,
                output,
                combine(Binary.Kind.SUB, gradient, elementwise.reduction(Algorithm.REDUCTION_SUM, products, one)));
    }

    Location softmaxBackward(Location output, Value gradient, int axis, boolean log) {
        MemoryDesc layout = output.layout();
        return softmaxBackward(output, compiler.in(gradient, layout), axis, log);
    }

    Location softmaxBackward(Location output, Location gradient, int axis, boolean log) {
        MemoryDesc layout = output.layout();
        if (missing(layout, axis, log)) {
            return chainBackward(output, gradient, axis, log);
        }
        Location result = program.locate(layout.copy());
        program.add(
                context.own(Softmaxes.backward(
                        engine, Algorithms.softmax(log), layout, layout, layout, axis, softmaxDesc(layout, axis, log))),
                Map.of(Argument.DST, output, Argument.DIFF_DST, gradient, Argument.DIFF_SRC, result));
        return result;
    }

    void crossEntropy(Node node) {
        Shape logits = node.input(0).shape();
        Location source = compiler.in(node.input(0), context.plain(logits));
        Location logProbabilities =
                softmax(source, program.locate(source.layout().copy()), 1, true);
        Location products = elementwise.binary(Binary.Kind.MUL, logProbabilities, node.input(1), NEGATED);
        compiler.put(
                node.outputs().get(0), elementwise.reduction(Algorithm.REDUCTION_SUM, products, logits.with(1, 1)));
        compiler.put(node.outputs().get(1), logProbabilities);
    }

    void crossEntropyBackward(Node node) {
        Location targets =
                compiler.in(node.input(1), context.plain(node.input(1).shape()));
        Location gradient = elementwise.binary(Binary.Kind.MUL, targets, node.input(2), NEGATED);
        compiler.put(node.output(), softmaxBackward(context.in(node, 0), gradient, 1, true));
    }
}
