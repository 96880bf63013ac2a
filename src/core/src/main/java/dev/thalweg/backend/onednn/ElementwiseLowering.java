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
import dev.thalweg.onednn.Products;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Map;

/** Functions of each element, combinations and sums of tensors. */
final class ElementwiseLowering {
    /** From how many numbers on rows are added up by a product: shorter ones are soon added up anyhow. */
    private static final int LONG_ROW = 64;

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
        Location source = context.in(node, 0);
        Location result = context.resultOver(node, node.input(0), source);
        program.add(eltwiseDesc(op, source.layout()), Map.of(Argument.SRC, source, Argument.DST, result));
        compiler.put(node.output(), result);
    }

    /** A function without coefficients, forward alone. */
    Location function(Eltwise.Kind kind, Location source) {
        Location result = program.locate(source.layout().copy());
        program.add(
                eltwiseDesc(new Eltwise(kind, 0, 0), source.layout()),
                Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }

    void eltwiseBackward(Node node, Eltwise op) {
        Location data = context.in(node, 0);
        MemoryDesc layout = data.layout();
        Location gradient = compiler.in(node.input(1), layout);
        Location result = context.resultOver(node, node.input(1), gradient);
        program.add(
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
        Location first = context.in(node, 0);
        Location other = operand(first, node.input(1));
        compiler.put(
                node.output(),
                binary(
                        op.kind(),
                        first,
                        other,
                        context.resultOver(node, node.input(0), first),
                        LoweringContext.attributes(op.activation())));
    }

    Location binary(Binary.Kind kind, Location first, Value second, Attributes attributes) {
        return binary(
                kind,
                first,
                operand(first, second),
                program.locate(first.layout().copy()),
                attributes);
    }

    Location binary(Binary.Kind kind, Location first, Location other, Location result, Attributes attributes) {
        program.add(
                context.own(Elementwise.binary(
                        engine, Algorithms.of(kind), first.layout(), other.layout(), result.layout(), attributes)),
                Map.of(Argument.SRC, first, Argument.SRC_1, other, Argument.DST, result));
        return result;
    }

    private Location operand(Location first, Value second) {
        return compiler.in(
                second, second.shape().equals(first.layout().dims()) ? first.layout() : context.plain(second.shape()));
    }

    /** oneDNN reduces the last axes alone quickly, so these go first where others go too. */
    Location reduction(Algorithm algorithm, Location source, Shape dims) {
        Shape all = source.layout().dims();
        Shape first = lastReduced(all, dims);
        if (first.equals(all) || first.equals(dims)) {
            return reductionAtOnce(algorithm, source, dims);
        }
        Location plain =
                compiler.converted(source, MemoryDesc.plain(all, source.layout().type()));
        return reductionAtOnce(algorithm, reductionAtOnce(algorithm, plain, first), dims);
    }

    /** The extents when the reduced axes after all others are reduced. */
    private static Shape lastReduced(Shape all, Shape dims) {
        Shape reduced = all;
        for (int axis = all.rank() - 1; axis >= 0 && dims.dim(axis) == 1; axis--) {
            reduced = reduced.with(axis, 1);
        }
        return reduced;
    }

    private Location reductionAtOnce(Algorithm algorithm, Location source, Shape dims) {
        Location result = program.locate(MemoryDesc.plain(dims, DataType.FLOAT32));
        if (dims.equals(source.layout().dims())) {
            // oneDNN refuses a reduction that has nothing to reduce.
            context.copy(source, result);
            return result;
        }
        if (algorithm == Algorithm.REDUCTION_SUM && sumsRows(source.layout(), dims)) {
            sumRows(source, result);
            return result;
        }
        program.add(
                context.own(
                        Elementwise.reduction(engine, algorithm, source.layout(), result.layout(), Attributes.NONE)),
                Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }

    /** Whether whole rows are added up on the host: all of the leading axes and no other. */
    private boolean sumsRows(MemoryDesc layout, Shape dims) {
        if (!context.processor().hasTeamKernels() || dims.elements() < LONG_ROW) {
            return false;
        }
        Shape from = layout.dims();
        int leading = 0;
        while (leading < dims.rank() && dims.dim(leading) == 1) {
            leading++;
        }
        for (int axis = leading; axis < dims.rank(); axis++) {
            if (dims.dim(axis) != from.dim(axis)) {
                return false;
            }
        }
        try (MemoryDesc plain = MemoryDesc.plain(from, DataType.FLOAT32)) {
            return layout.sameAs(plain);
        }
    }

    /**
     * A sum of rows as a product by a row of ones, to the same bits: oneDNN 3.13 adds up other axes than the last ones
     * in a plain loop, forty times as long.
     */
    private void sumRows(Location source, Location result) {
        int length = Shape.extent(result.layout().dims().elements());
        int rows = Shape.extent(source.layout().dims().elements() / length);
        Location ones = compiler.constant(1, Shape.of(1, rows));
        Location matrix = context.seenAs(source, Shape.of(rows, length));
        Location sums = context.seenAs(result, Shape.of(1, length));
        program.add(
                context.own(
                        Products.matmul(engine, ones.layout(), matrix.layout(), null, sums.layout(), Attributes.NONE)),
                Map.of(Argument.SRC, ones, Argument.WEIGHTS, matrix, Argument.DST, sums));
    }
}
