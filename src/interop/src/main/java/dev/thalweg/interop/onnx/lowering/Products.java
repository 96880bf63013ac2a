package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices. */
final class Products {
    private Products() {}

    /** {@code α A B + β C}, where C is repeated to the result. */
    static List<Operand> gemm(Call call) {
        GraphBuilder graph = call.graph();
        Value a = call.value(0);
        Value b = call.value(1);
        if (a.shape().rank() != 2 || b.shape().rank() != 2) {
            throw call.refusal("got " + a.shape() + " and " + b.shape() + ", expected two matrices");
        }
        boolean first = call.flag("transA");
        boolean second = call.flag("transB");
        Value product =
                !first && second ? graph.innerProduct(a, b, null) : graph.apply(new MatMul(first, second), a, b);
        Value scaled = graph.linear(product, call.real("alpha", 1), 0);
        float beta = call.real("beta", 1);
        if (call.optional(2).isPresent() && beta != 0) {
            scaled = graph.add(scaled, graph.linear(call.value(2), beta, 0));
        }
        if (!scaled.shape().equals(product.shape())) {
            throw call.refusal("adds " + call.operand(2).dims() + " to a product of shape " + product.shape());
        }
        return List.of(
                new Flowing(scaled, Extents.of(scaled.shape()), call.operand(0).type()));
    }

    /** As NumPy does: vectors become matrices for the time being, and all axes but the last two are repeated. */
    static List<Operand> matmul(Call call) {
        Operand a = call.operand(0);
        Operand b = call.operand(1);
        if (a.rank() == 0 || b.rank() == 0 || a.elements() == 0 || b.elements() == 0) {
            throw call.refusal("got extents " + a.dims() + " and " + b.dims() + ", expected matrices or vectors");
        }
        List<Integer> dims = new ArrayList<>();
        List<Integer> first = a.rank() == 1 ? Extents.aligned(a.dims(), 2) : a.dims();
        List<Integer> second = b.rank() == 1 ? List.of(b.dims().getFirst(), 1) : b.dims();
        List<Integer> counts =
                Extents.broadcast(first.subList(0, first.size() - 2), second.subList(0, second.size() - 2));
        dims.addAll(counts);
        if (a.rank() > 1) {
            dims.add(first.get(first.size() - 2));
        }
        if (b.rank() > 1) {
            dims.add(second.getLast());
        }
        Arrangement arrangement = new Arrangement(call.graph());
        Value product = product(
                call.graph(),
                arrangement.value(arrangement.reshape(a, first)),
                arrangement.value(arrangement.reshape(b, second)),
                counts);
        return List.of(new Flowing(call.graph().reshape(product, Extents.shape(dims)), dims, a.type()));
    }

    private static Value product(GraphBuilder graph, Value a, Value b, List<Integer> counts) {
        if (b.shape().rank() == 2 && a.shape().rank() > 2) {
            // One matrix for all: their rows are one matrix too.
            int inner = a.shape().dim(-1);
            Value rows = graph.reshape(a, Shape.of(Shape.extent(a.shape().elements() / inner), inner));
            return graph.matmul(rows, b);
        }
        return graph.matmul(repeated(graph, a, counts), repeated(graph, b, counts));
    }

    private static Value repeated(GraphBuilder graph, Value matrices, List<Integer> counts) {
        List<Integer> own = Extents.of(matrices.shape());
        List<Integer> wanted = new ArrayList<>(counts);
        wanted.addAll(own.subList(own.size() - 2, own.size()));
        Value aligned = graph.reshape(matrices, Extents.shape(Extents.aligned(own, wanted.size())));
        return graph.broadcast(aligned, Extents.shape(wanted));
    }

    static List<Operand> einsum(Call call) {
        return List.of(new Einsum(call).result());
    }
}
