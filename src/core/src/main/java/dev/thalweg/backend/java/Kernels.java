package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.DropoutMaskFill;
import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.ParameterBlock;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.collective.Collective;
import dev.thalweg.graph.AllReduce;
import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationBackward;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Broadcast;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Concat;
import dev.thalweg.graph.Constant;
import dev.thalweg.graph.ConstantTensor;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.EltwiseBackward;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.InnerProductBackwardData;
import dev.thalweg.graph.InnerProductBackwardWeights;
import dev.thalweg.graph.LayerNormalization;
import dev.thalweg.graph.LayerNormalizationBackward;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.QuantizedInnerProduct;
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
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What each operation becomes: one kernel, a few in a row, or none. */
final class Kernels {
    private final ValueMemory values;
    private final ParameterBlock parameters;
    private final Seed seed;
    private final int threads;
    private final List<HostUpdates.Item> updates = new ArrayList<>();
    private final List<HostUpdates.Item> averages = new ArrayList<>();
    /** Who adds up what, that nobody has waited for yet: by the value in whose memory that happens. */
    private final Map<Value, Collective> underWay = new LinkedHashMap<>();

    /** Kernels for so many threads, which draw from a seed. */
    Kernels(ValueMemory values, ParameterBlock parameters, Seed seed, int threads) {
        this.values = values;
        this.parameters = parameters;
        this.seed = seed;
        this.threads = threads;
    }

    /** What computes an operation, after what it reads and other replicas have a part in. */
    List<Kernel> of(Node node) {
        boolean readsSums = node.inputs().stream().map(values::origin).anyMatch(underWay::containsKey);
        List<Kernel> all = new ArrayList<>(readsSums ? awaitingAll() : List.of());
        all.addAll(computing(node));
        return all;
    }

    /** What waits for the sums that nobody has waited for yet. */
    List<Kernel> awaitingAll() {
        Set<Collective> collectives = new LinkedHashSet<>(underWay.values());
        underWay.clear();
        return collectives.stream()
                .<Kernel>map(collective -> _ -> collective.awaitAllReduces())
                .toList();
    }

    private List<? extends Kernel> computing(Node node) {
        Operands at = new Operands(node, values, threads);
        return switch (node.op()) {
            case AllReduce op -> allReduce(op, node);
            case Convolution op -> activated(at, op.postOps().activation(), ConvolutionKernel.of(op, at));
            case QuantizedConvolution op -> List.of(ConvolutionKernel.quantized(op, at));
            case ConvolutionBackwardData op -> List.of(ConvolutionDataKernel.of(op, at));
            case ConvolutionBackwardWeights op -> List.of(ConvolutionWeightsKernel.of(op, at));
            case Pooling op -> List.of(PoolingKernel.forward(op, at));
            case PoolingBackward op -> List.of(PoolingKernel.backward(op, at));
            case InnerProduct op -> activated(at, op.activation(), InnerProductKernel.of(at));
            case QuantizedInnerProduct op -> List.of(InnerProductKernel.quantized(op, at));
            case InnerProductBackwardData _ -> List.of(InnerProductBackwardKernel.data(at));
            case InnerProductBackwardWeights op -> List.of(InnerProductBackwardKernel.weights(op, at));
            case Softmax op -> List.of(SoftmaxKernel.forward(op, at));
            case SoftmaxBackward op -> List.of(SoftmaxKernel.backward(op, at));
            case SoftmaxCrossEntropy _ -> List.of(CrossEntropyKernel.forward(at));
            case SoftmaxCrossEntropyBackward _ -> List.of(CrossEntropyKernel.backward(at));
            case Eltwise op -> List.of(EltwiseKernel.forward(op, at));
            case EltwiseBackward op -> List.of(EltwiseKernel.backward(op, at));
            case Binary op -> activated(at, op.activation(), BinaryKernel.of(op, at));
            case Broadcast _ -> List.of(BinaryKernel.repeating(at));
            case Reduction op -> List.of(ReductionKernel.of(op, at));
            case Cast _ -> List.of(CastKernel.of(at));
            case DropoutMask op -> {
                ThreadTeam.Task fill = new DropoutMaskFill(op, values.segment(node.output()), seed, threads);
                yield List.of(team -> team.run(fill));
            }
            case BatchNormalization op -> List.of(BatchNormalizationKernel.forward(op, at));
            case BatchNormalizationInference op -> List.of(BatchNormalizationKernel.inference(op, at));
            case BatchNormalizationBackward op -> List.of(new BatchNormalizationBackwardKernel(op, at));
            case LayerNormalization op -> List.of(LayerNormalizationKernel.of(op, at));
            case LayerNormalizationBackward op -> List.of(LayerNormalizationBackwardKernel.of(op, at));
            case Concat op -> CopyKernel.concat(op, at);
            case Slice op -> List.of(CopyKernel.slice(op, at));
            case Transpose op -> List.of(new TransposeKernel(at.shape(0), op.order(), at.in(0), at.out(0)));
            case MatMul op ->
                List.of(new MatMulKernel(op, at.shape(0), at.result(), at.in(0), at.in(1), at.out(0), threads));
            case Recurrence op -> List.of(RecurrenceKernel.forward(op, at));
            case RecurrenceBackward op -> List.of(RecurrenceKernel.backward(op, at));
            case Constant op -> {
                // Written once, now: nothing overwrites it.
                at.out(0).fill(op.value());
                yield List.of();
            }
            case ConstantTensor op -> {
                at.out(0).segment().copyFrom(MemorySegment.ofBuffer(op.numbers()));
                yield List.of();
            }
            case Reshape _ -> List.of();
            case Update op -> {
                updates.add(parameters.item(node.input(0).name(), op, new HostPiece(values.segment(node.input(1)))));
                yield List.of();
            }
            case Track op -> {
                averages.add(parameters.item(node.input(0).name(), op, new HostPiece(values.segment(node.input(1)))));
                yield List.of();
            }
        };
    }

    private List<Kernel> allReduce(AllReduce op, Node node) {
        MemorySegment source = values.segment(node.input(0));
        MemorySegment sums = values.segment(node.output());
        underWay.put(values.origin(node.output()), op.collective());
        Kernel start = _ -> op.collective().startAllReduce(sums);
        return source.equals(sums) ? List.of(start) : List.of(_ -> sums.copyFrom(source), start);
    }

    /** What moves after the graph, of the operations so far. */
    List<HostUpdates.Item> updates() {
        return updates;
    }

    /** Which averages move after that. */
    List<HostUpdates.Item> averages() {
        return averages;
    }

    /** A kernel and a function of its result, in place, if there is one. */
    private static List<Kernel> activated(Operands at, Optional<Eltwise> activation, Kernel kernel) {
        return activation
                .map(function -> List.of(kernel, EltwiseKernel.inPlace(function, at)))
                .orElse(List.of(kernel));
    }
}
