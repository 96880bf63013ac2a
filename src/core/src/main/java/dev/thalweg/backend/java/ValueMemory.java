package dev.thalweg.backend.java;

import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.graph.Aliasing;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.plan.InPlace;
import dev.thalweg.graph.plan.MemoryPlan;
import dev.thalweg.memory.MemoryOwner;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where each value of a graph lies: parameters where they are kept, all else in one planned block. */
final class ValueMemory {
    /** In whose memory a value lies that has none of its own: reshaped, or computed in place. */
    private final Map<Value, Value> origins = new HashMap<>();

    private final Map<Value, MemorySegment> segments = new HashMap<>();
    private final MemoryReport report;

    /** Gives each value its memory. */
    ValueMemory(Graph graph, JavaParameters parameters, MemoryOwner memory) {
        for (Value parameter : graph.parameters()) {
            segments.put(parameter, ((HostPiece) parameters.block().value(parameter.name())).segment());
        }
        MemoryPlan plan = new MemoryPlan();
        Map<Value, Integer> indices = plan(graph, plan);
        report = new MemoryReport(plan.bytes(), plan.unsharedBytes(), plan.lowerBoundBytes(), 0, 0);
        MemorySegment block = memory.allocate(plan.bytes());
        indices.forEach((value, index) -> segments.put(value, block.asSlice(plan.offset(index), bytes(value))));
    }

    /** Which buffer of the plan is a value's. */
    private Map<Value, Integer> plan(Graph graph, MemoryPlan plan) {
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
            int read = i;
            int written = i;
            switch (node.op().aliasing(node.inputs().size())) {
                case Aliasing.Own _ -> {}
                case Aliasing.Over _ -> {
                    Value overwritten = inPlace.get(node.output());
                    if (overwritten != null) {
                        origins.put(node.output(), origin(overwritten));
                    }
                }
                case Aliasing.View view -> {
                    // Memory is row-major here: kernels compute what has another order.
                    if (view.sameOrder()) {
                        origins.put(node.output(), origin(node.input(0)));
                    }
                }
                case Aliasing.Once _ -> written = -1;
                case Aliasing.Afterwards _ -> read = end;
            }
            for (Value input : node.inputs()) {
                last.merge(origin(input), read, Math::max);
            }
            for (Value output : node.outputs()) {
                if (!origins.containsKey(output)) {
                    first.put(output, written);
                    last.merge(output, written < 0 ? end : i, Math::max);
                }
            }
        }
        graph.outputs().forEach(output -> last.put(origin(output), end));
        Map<Value, Integer> indices = new HashMap<>();
        first.forEach((value, begin) -> indices.put(
                value, plan.add(new MemoryPlan.Buffer(bytes(value), begin, last.getOrDefault(value, begin)))));
        plan.place();
        return indices;
    }

    private static long bytes(Value value) {
        return value.shape().elements() * value.type().bytes();
    }

    /** In whose memory a value lies. */
    Value origin(Value value) {
        return origins.getOrDefault(value, value);
    }

    MemoryReport report() {
        return report;
    }

    MemorySegment segment(Value value) {
        MemorySegment segment = segments.get(origin(value));
        if (segment == null) {
            throw new IllegalArgumentException("the graph has no value " + value);
        }
        return segment;
    }

    Map<Value, Piece> pieces(List<Value> values) {
        return values.stream()
                .distinct()
                .collect(Collectors.toMap(Function.identity(), v -> new HostPiece(segment(v))));
    }
}
