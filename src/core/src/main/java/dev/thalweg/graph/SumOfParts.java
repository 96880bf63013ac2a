package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A sum of gradients that arrive from parts of one value: each has zeros for what it is not a part of, and where parts
 * do not overlap they are put side by side instead, which adds nothing up and touches each element once.
 */
final class SumOfParts {
    private record Part(Value value, int from, int length) {}

    private SumOfParts() {}

    /** The sum of two gradients of one value. */
    static Value of(GraphBuilder builder, Value first, Value second) {
        return sideBySide(builder, first, second).orElseGet(() -> builder.add(first, second));
    }

    private static Optional<Value> sideBySide(GraphBuilder builder, Value first, Value second) {
        Optional<Node> a = concat(builder, first);
        Optional<Node> b = concat(builder, second);
        if (a.isEmpty() || b.isEmpty() || !a.get().op().equals(b.get().op())) {
            return Optional.empty();
        }
        int axis = ((Concat) a.get().op()).axis();
        List<Part> parts = new ArrayList<>(parts(builder, a.get(), axis));
        parts.addAll(parts(builder, b.get(), axis));
        parts.sort(Comparator.comparingInt(Part::from));
        List<Value> all = new ArrayList<>();
        int end = 0;
        for (Part part : parts) {
            if (part.from() < end) {
                return Optional.empty();
            }
            if (part.from() > end) {
                all.add(zeros(builder, first.shape(), axis, part.from() - end));
            }
            all.add(part.value());
            end = part.from() + part.length();
        }
        int after = first.shape().dim(axis) - end;
        if (after > 0) {
            all.add(zeros(builder, first.shape(), axis, after));
        }
        return Optional.of(builder.concat(axis, all));
    }

    private static Optional<Node> concat(GraphBuilder builder, Value value) {
        return builder.producer(value).filter(node -> node.op() instanceof Concat);
    }

    /** What is not zero. */
    private static List<Part> parts(GraphBuilder builder, Node concat, int axis) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (Value input : concat.inputs()) {
            int length = input.shape().dim(axis);
            if (builder.producer(input)
                    .filter(node -> Constant.isZero(node.op()))
                    .isEmpty()) {
                parts.add(new Part(input, from, length));
            }
            from += length;
        }
        return parts;
    }

    private static Value zeros(GraphBuilder builder, Shape whole, int axis, int length) {
        return builder.constant(0, whole.with(axis, length));
    }
}
