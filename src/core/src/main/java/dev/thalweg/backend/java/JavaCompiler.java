package dev.thalweg.backend.java;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.runtime.DropoutMaskFill;
import dev.thalweg.backend.runtime.HostExecutable;
import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.runtime.UpdatePass;
import dev.thalweg.graph.Aliasing;
import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationBackward;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Broadcast;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Concat;
import dev.thalweg.graph.Constant;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.EltwiseBackward;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.InPlace;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.InnerProductBackwardData;
import dev.thalweg.graph.InnerProductBackwardWeights;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.MemoryPlan;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.RecurrenceBackward;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Reshape;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.SoftmaxBackward;
import dev.thalweg.graph.SoftmaxCrossEntropy;
import dev.thalweg.graph.SoftmaxCrossEntropyBackward;
import dev.thalweg.graph.Track;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Places a graph's values in memory and makes a kernel for each operation. */
final class JavaCompiler {
    private final Graph graph;
    private final JavaParameters parameters;
    private final ThreadTeam team;
    private final int threads;
    private final Seed seed = new Seed();
    private MemoryReport report;
    /** In whose memory a value lies that has none of its own: reshaped, or computed in place. */
    private final Map<Value, Value> origins = new HashMap<>();

    private final Map<Value, MemorySegment> segments = new HashMap<>();

    JavaCompiler(Graph graph, JavaParameters parameters, ThreadTeam team) {
        this.graph = graph;
        this.parameters = parameters;
        this.team = team;
        this.threads = team.members();
    }

    Executable compile() {
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof Cast) && node.outputs().stream().anyMatch(o -> o.type() != DataType.FLOAT32)) {
                throw new UnsupportedOperationException("the java backend computes in FLOAT32, got "
                        + node.output().type() + " from " + node.op() + " in graph \"" + graph.name()
                        + "\": use the onednn backend");
            }
        }
        for (Value parameter : graph.parameters()) {
            segments.put(parameter, ((HostPiece) parameters.block().value(parameter.name())).segment());
        }
        try (Scope opening = new Scope()) {
            place(opening.own(MemoryOwner.named("java executable of graph \"" + graph.name() + "\"")));
            return executable(opening);
        }
    }

    private Executable executable(Scope opening) {
        List<Kernel> kernels = new ArrayList<>();
        List<UpdatePass.Item> updates = new ArrayList<>();
        List<UpdatePass.Item> averages = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Update update) {
                updates.add(
                        parameters.block().item(node.input(0).name(), update, new HostPiece(segment(node.input(1)))));
            } else if (node.op() instanceof Track track) {
                averages.add(
                        parameters.block().item(node.input(0).name(), track, new HostPiece(segment(node.input(1)))));
            } else if (!(node.op() instanceof Constant) && !(node.op() instanceof Reshape)) {
                kernels.add(kernel(node));
            }
        }
        Kernel[] program = kernels.toArray(Kernel[]::new);
        return new HostExecutable(
                graph.name(),
                parameters.lifetime(),
                report,
                pieces(graph.inputs()),
                pieces(graph.outputs()),
                seed,
                new Body(program),
                new UpdatePass(team, updates),
                new UpdatePass(team, averages),
                opening);
    }

    private final class Body implements HostExecutable.Body {
        private final Kernel[] program;

        Body(Kernel[] program) {
            this.program = program;
        }

        @Override
        public void run() {
            for (Kernel kernel : program) {
                kernel.run(team);
            }
        }

        @Override
        public Executable fork() {
            if (graph.nodes().stream().anyMatch(n -> n.op() instanceof ParameterChange)) {
                throw new UnsupportedOperationException("graph \"" + graph.name()
                        + "\" changes parameters: only one executable of it can run at a time");
            }
            return new JavaCompiler(graph, parameters, team).compile();
        }

        @Override
        public void moved() {
            parameters.block().touch();
        }
    }

    private Map<Value, Piece> pieces(List<Value> values) {
        return values.stream()
                .distinct()
                .collect(Collectors.toMap(Function.identity(), v -> new HostPiece(segment(v))));
    }

    private Value origin(Value value) {
        return origins.getOrDefault(value, value);
    }

    private MemorySegment segment(Value value) {
        return segments.get(origin(value));
    }

    private Floats floats(Value value) {
        return new Floats(segment(value));
    }

    private void place(MemoryOwner memory) {
        int end = graph.nodes().size();
        Map<Value, Value> inPlace = InPlace.of(graph);
        Map<Value, Integer> first = new LinkedHashMap<>();
        Map<Value, Integer> last = new HashMap<>();
        graph.inputs().forEach(input -> {
            first.put(input, -1);
            last.put(input, end);
        });
        for (int i = 0; i < end; i++) {
            Node node = graph.nodes().get(i);
            if (node.op() instanceof Reshape) {
                // The one view that this backend makes: kernels compute the others.
                origins.put(node.output(), origin(node.input(0)));
            } else {
                node.outputs().stream()
                        .filter(inPlace::containsKey)
                        .forEach(o -> origins.put(o, origin(inPlace.get(o))));
            }
            Aliasing use = node.op().aliasing(node.inputs().size());
            int read = use instanceof Aliasing.Afterwards ? end : i;
            node.inputs().forEach(input -> last.merge(origin(input), read, Math::max));
            boolean once = use instanceof Aliasing.Once;
            for (Value output : node.outputs()) {
                if (!origins.containsKey(output)) {
                    first.put(output, once ? -1 : i);
                    last.merge(output, once ? end : i, Math::max);
                }
            }
        }
        graph.outputs().forEach(output -> last.put(origin(output), end));

        MemoryPlan plan = new MemoryPlan();
        Map<Value, Integer> indices = new HashMap<>();
        first.forEach((value, begin) -> indices.put(
                value,
                plan.add(new MemoryPlan.Buffer(
                        value.shape().elements() * value.type().bytes(), begin, last.get(value)))));
        plan.place();
        report = new MemoryReport(plan.bytes(), plan.unsharedBytes(), plan.lowerBoundBytes(), 0, 0);
        MemorySegment block = memory.allocate(plan.bytes());
        indices.forEach((value, index) -> segments.put(
                value,
                block.asSlice(
                        plan.offset(index),
                        value.shape().elements() * value.type().bytes())));
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Constant constant) {
                MemorySegment segment = segment(node.output());
                for (long i = 0; i < node.output().shape().elements(); i++) {
                    segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, constant.value());
                }
            }
        }
    }

    private Kernel kernel(Node node) {
        return switch (node.op()) {
            case Convolution op ->
                activated(
                        node,
                        op.postOps().activation(),
                        new ConvolutionKernel(
                                new ConvolutionShape(shape(node, 0), shape(node, 1), op.window(), op.groups(), threads),
                                in(node, 0),
                                in(node, 1),
                                op.hasBias(node.inputs().size()) ? in(node, 2) : null,
                                op.postOps().sum() ? floats(node.inputs().getLast()) : null,
                                out(node, 0),
                                threads));
            case ConvolutionBackwardData op ->
                new ConvolutionDataKernel(
                        new ConvolutionShape(op.source(), shape(node, 1), op.window(), op.groups(), threads),
                        in(node, 0),
                        in(node, 1),
                        out(node, 0),
                        threads);
            case ConvolutionBackwardWeights op ->
                new ConvolutionWeightsKernel(
                        new ConvolutionShape(shape(node, 0), op.weights(), op.window(), op.groups(), threads),
                        in(node, 0),
                        in(node, 1),
                        out(node, 0),
                        op.bias() ? out(node, 1) : null,
                        threads);
            case Pooling op ->
                PoolingKernel.forward(op.kind(), op.window(), shape(node, 0), in(node, 0), out(node, 0), threads);
            case PoolingBackward op ->
                PoolingKernel.backward(
                        op.kind(), op.window(), shape(node, 0), in(node, 0), in(node, 2), out(node, 0), threads);
            case InnerProduct op ->
                activated(
                        node,
                        op.activation(),
                        new InnerProductKernel(
                                shape(node, 0).dim(0),
                                shape(node, 0).dim(1),
                                shape(node, 1).dim(0),
                                in(node, 0),
                                in(node, 1),
                                node.inputs().size() > 2 ? in(node, 2) : null,
                                out(node, 0),
                                threads));
            case InnerProductBackwardData op ->
                InnerProductBackwardKernel.data(
                        shape(node, 0).dim(0),
                        shape(node, 1).dim(1),
                        shape(node, 1).dim(0),
                        in(node, 0),
                        in(node, 1),
                        out(node, 0),
                        threads);
            case InnerProductBackwardWeights op ->
                InnerProductBackwardKernel.weights(
                        shape(node, 0).dim(0),
                        shape(node, 0).dim(1),
                        shape(node, 1).dim(1),
                        in(node, 1),
                        in(node, 0),
                        out(node, 0),
                        op.bias() ? out(node, 1) : null,
                        threads);
            case Softmax op ->
                new SoftmaxKernel(
                        Lines.along(shape(node, 0), op.axis()), op.log(), in(node, 0), null, out(node, 0), threads);
            case SoftmaxBackward op ->
                new SoftmaxKernel(
                        Lines.along(shape(node, 0), op.axis()),
                        op.log(),
                        in(node, 0),
                        in(node, 1),
                        out(node, 0),
                        threads);
            case SoftmaxCrossEntropy op ->
                CrossEntropyKernel.forward(
                        shape(node, 0).dim(0),
                        shape(node, 0).dim(1),
                        in(node, 0),
                        in(node, 1),
                        out(node, 0),
                        out(node, 1));
            case SoftmaxCrossEntropyBackward op ->
                CrossEntropyKernel.backward(
                        shape(node, 0).dim(0),
                        shape(node, 0).dim(1),
                        in(node, 0),
                        in(node, 1),
                        in(node, 2),
                        out(node, 0));
            case Eltwise op ->
                new EltwiseKernel(EltwiseFunctions.forward(op), in(node, 0), null, out(node, 0), threads);
            case EltwiseBackward op ->
                new EltwiseKernel(
                        EltwiseFunctions.backward(op.forward()), in(node, 0), in(node, 1), out(node, 0), threads);
            case Binary op ->
                activated(
                        node,
                        op.activation(),
                        new BinaryKernel(
                                op.kind(),
                                new Repetition(shape(node, 0), shape(node, 1)),
                                in(node, 0),
                                in(node, 1),
                                out(node, 0),
                                threads));
            case Broadcast op ->
                new BinaryKernel(
                        null, new Repetition(op.shape(), shape(node, 0)), null, in(node, 0), out(node, 0), threads);
            case Reduction op ->
                new ReductionKernel(
                        new Repetition(shape(node, 0), node.output().shape()),
                        op.kind() == Reduction.Kind.SUM
                                ? 1
                                : (double) node.output().shape().elements()
                                        / shape(node, 0).elements(),
                        in(node, 0),
                        out(node, 0));
            case Cast op ->
                new CastKernel(segment(node.input(0)), node.input(0).type(), segment(node.output()), op.type());
            case DropoutMask op -> {
                ThreadTeam.Task fill = new DropoutMaskFill(op, segment(node.output()), seed, threads);
                yield t -> t.run(fill);
            }
            case BatchNormalization op ->
                BatchNormalizationKernel.forward(
                        op.epsilon(),
                        op.relu(),
                        shape(node, 0),
                        in(node, 0),
                        in(node, 1),
                        in(node, 2),
                        out(node, 0),
                        out(node, 1),
                        out(node, 2),
                        threads);
            case BatchNormalizationInference op ->
                BatchNormalizationKernel.inference(
                        op.epsilon(),
                        op.relu(),
                        shape(node, 0),
                        in(node, 0),
                        in(node, 1),
                        in(node, 2),
                        in(node, 3),
                        in(node, 4),
                        out(node, 0),
                        threads);
            case BatchNormalizationBackward op ->
                new BatchNormalizationBackwardKernel(
                        op,
                        shape(node, 0),
                        node.inputs().stream().map(this::floats).toList(),
                        node.outputs().stream().map(this::floats).toList(),
                        threads);
            case Concat op -> concat(node, op.axis());
            case Slice op ->
                new RunCopyKernel(
                        RunCopyKernel.outer(shape(node, 0), op.axis()),
                        RunCopyKernel.run(node.output().shape(), op.axis()),
                        in(node, 0),
                        RunCopyKernel.run(shape(node, 0), op.axis()),
                        op.from() * RunCopyKernel.inner(shape(node, 0), op.axis()),
                        out(node, 0),
                        RunCopyKernel.run(node.output().shape(), op.axis()),
                        0);
            case Transpose op -> new TransposeKernel(shape(node, 0), op.order(), in(node, 0), out(node, 0));
            case MatMul op ->
                new MatMulKernel(
                        op, shape(node, 0), node.output().shape(), in(node, 0), in(node, 1), out(node, 0), threads);
            case Recurrence op ->
                RecurrenceKernel.forward(
                        op.kind(),
                        shape(node, 0),
                        shape(node, 2).dim(0),
                        node.inputs().stream().map(this::floats).toList(),
                        out(node, 0),
                        threads);
            case RecurrenceBackward op ->
                RecurrenceKernel.backward(
                        op.kind(),
                        shape(node, 0),
                        shape(node, 2).dim(0),
                        node.inputs().stream().map(this::floats).toList(),
                        in(node, 5),
                        node.outputs().stream().map(this::floats).toList(),
                        threads);
            case Track op -> throw new IllegalStateException("moving averages run together after the graph");
            case Constant op -> throw new IllegalStateException("constants are written when the graph is compiled");
            case Reshape op -> throw new IllegalStateException("a reshaped value is a view");
            case Update op -> throw new IllegalStateException("updates run together after the graph");
        };
    }

    /** A kernel and a function of its result, in place; null for none. */
    private Kernel activated(Node node, Eltwise activation, Kernel kernel) {
        return activation == null
                ? kernel
                : inRow(List.of(
                        kernel,
                        new EltwiseKernel(
                                EltwiseFunctions.forward(activation), out(node, 0), null, out(node, 0), threads)));
    }

    private static Kernel inRow(List<Kernel> kernels) {
        Kernel[] all = kernels.toArray(Kernel[]::new);
        return all.length == 1
                ? all[0]
                : t -> {
                    for (Kernel kernel : all) {
                        kernel.run(t);
                    }
                };
    }

    private Kernel concat(Node node, int axis) {
        Shape result = node.output().shape();
        List<Kernel> copies = new ArrayList<>();
        long at = 0;
        for (Value input : node.inputs()) {
            long run = RunCopyKernel.run(input.shape(), axis);
            copies.add(new RunCopyKernel(
                    RunCopyKernel.outer(result, axis),
                    run,
                    floats(input),
                    run,
                    0,
                    out(node, 0),
                    RunCopyKernel.run(result, axis),
                    at));
            at += run;
        }
        return inRow(copies);
    }

    private static Shape shape(Node node, int input) {
        return node.input(input).shape();
    }

    private Floats in(Node node, int input) {
        return floats(node.input(input));
    }

    private Floats out(Node node, int output) {
        return floats(node.outputs().get(output));
    }
}
