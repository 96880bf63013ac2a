package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.lowering.Operand;
import dev.thalweg.text.PrintableText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a file repeats for each example of the batch that it fixes: a class token, a mask, a first state. It is the same
 * for all of them, and is taken for one, and repeated for as many as there are.
 */
final class RepeatedOperands {
    private static final Set<String> ELEMENTWISE = Set.of(
            "Add",
            "And",
            "Div",
            "Equal",
            "Greater",
            "GreaterOrEqual",
            "Less",
            "LessOrEqual",
            "MatMul",
            "Max",
            "Mean",
            "Min",
            "Mod",
            "Mul",
            "Or",
            "PRelu",
            "Pow",
            "Sub",
            "Sum",
            "Where",
            "Xor");
    /** The first states of recurrent cells, which have the examples where the input has them. */
    private static final int STATE = 5;
    /** No axis: nothing grows. */
    private static final int AS_THEY_ARE = -1;

    private final CheckedGraph graph;
    private final int ownBatch;
    private final Map<String, Operand> own;
    private final Map<String, Operand> other;
    private final BiFunction<String, GrowingExtents, String> growing;
    private final Map<String, Step> expansions = new HashMap<>();

    /**
     * Knows a graph.
     *
     * @param graph to which tensors for one example are added
     * @param ownBatch the batch that the file fixes
     * @param own what is known of all values in that batch
     * @param other what is known of those before a step, in another batch
     * @param growing names extents that grow with the batch, for a value
     */
    RepeatedOperands(
            CheckedGraph graph,
            int ownBatch,
            Map<String, Operand> own,
            Map<String, Operand> other,
            BiFunction<String, GrowingExtents, String> growing) {
        this.graph = graph;
        this.ownBatch = ownBatch;
        this.own = own;
        this.other = other;
        this.growing = growing;
    }

    /**
     * {@return a step with operands for any batch, after what these need}
     *
     * @param step as the file has it
     * @param places where the examples lie, of values that have them
     * @throws IllegalArgumentException if an operand is not the same for all examples
     */
    List<Step> fitted(Step step, Map<String, BatchPlace> places) {
        if (step.is("Expand")) {
            expansions.put(step.output(), step);
        }
        List<Step> added = new ArrayList<>();
        List<String> inputs = new ArrayList<>(step.inputs());
        for (int operand = 0; operand < inputs.size(); operand++) {
            String name = inputs.get(operand);
            if (name.isEmpty() || places.containsKey(name) || !own.containsKey(name)) {
                continue;
            }
            Repetition repetition = repetition(step, operand, places);
            if (repetition != null) {
                inputs.set(operand, repeat(step, name, repetition, added));
            }
        }
        added.add(new Step(step.index(), step.node(), inputs));
        return added;
    }

    /**
     * Where an operand is as long as the batch.
     *
     * @param place of the examples in it
     * @param whole whether it must be as long as the batch; else it may be 1 there
     */
    private record Repetition(BatchPlace place, boolean whole) {}

    private @Nullable Repetition repetition(Step step, int operand, Map<String, BatchPlace> places) {
        List<Integer> dims = BatchPlace.dims(own, step.input(operand));
        if (step.is("Expand") && operand == 0) {
            List<Integer> here = BatchPlace.dims(own, step.output());
            if (!(other.get(step.input(1)) instanceof Operand.Known(OnnxTensor extents))
                    || extents.type().isFloating()) {
                return null;
            }
            long[] there = extents.wholes();
            for (int axis = 0; axis < Math.min(dims.size(), there.length); axis++) {
                int back = dims.size() - axis;
                if (dims.get(axis) == ownBatch
                        && ownBatch > 1
                        && here.get(here.size() - back) == ownBatch
                        && there.length >= back
                        && there[there.length - back] == ownBatch + 1L) {
                    return new Repetition(new BatchPlace(axis, 1), false);
                }
            }
            return null;
        }
        String flow =
                step.inputs().stream().filter(places::containsKey).findFirst().orElse(null);
        BatchPlace place = flow == null ? null : places.get(flow);
        if (flow == null || place == null) {
            return null;
        }
        List<Integer> beside = BatchPlace.dims(own, flow);
        int extent = beside.get(place.axis());
        if (step.is("Concat")) {
            int joint = Math.floorMod(step.whole("axis", 1), beside.size());
            boolean fits = joint != place.axis() && dims.size() == beside.size() && dims.get(place.axis()) == extent;
            return fits ? new Repetition(place, true) : null;
        }
        if (step.is("LSTM", "GRU", "RNN")) {
            boolean fits = operand >= STATE && dims.size() == 3 && place.axis() == 1 && dims.get(1) == extent;
            return fits ? new Repetition(place, true) : null;
        }
        int axis = place.axis() - beside.size() + dims.size();
        boolean fits = step.node().domain().isEmpty()
                && ELEMENTWISE.contains(step.node().opType())
                && axis >= 0
                && extent > 1
                && dims.get(axis) == extent;
        boolean alone = extent == ownBatch;
        return fits ? new Repetition(new BatchPlace(axis, place.before()), !alone) : null;
    }

    /** The name of what an operand is for any batch. */
    private String repeat(Step user, String name, Repetition repetition, List<Step> added) {
        BatchPlace place = repetition.place();
        List<Integer> dims = BatchPlace.dims(own, name);
        int after = dims.get(place.axis()) / (place.before() * ownBatch);
        boolean split = place.before() > 1 || after > 1;
        List<Integer> one = new ArrayList<>(dims);
        one.set(place.axis(), 1);
        if (split) {
            one.add(place.axis(), place.before());
            one.add(place.axis() + 2, after);
        }
        String first = first(user, name, new BatchPlace(place.axis(), place.before()), one, added);
        if (!split && !repetition.whole()) {
            return first;
        }
        int axis = split ? place.axis() + 1 : place.axis();
        String repeated = user.output() + " part " + added.size();
        String extents = growing.apply(repeated, new GrowingExtents(one, axis, 1));
        added.add(step(user, "Expand", first, extents, repeated));
        if (split) {
            String joined = user.output() + " part " + added.size();
            GrowingExtents whole = new GrowingExtents(dims, place.axis(), place.before() * after);
            added.add(step(user, "Reshape", repeated, growing.apply(joined, whole), joined));
        }
        return added.getLast().output();
    }

    /** What an operand is for one example, of extents as given. */
    private String first(Step user, String name, BatchPlace place, List<Integer> one, List<Step> added) {
        if (own.get(name) instanceof Operand.Known(OnnxTensor tensor)) {
            String first = name + " of one example " + one;
            know(
                    graph.initializers().containsKey(name) ? graph.initializers() : graph.constants(),
                    first,
                    ofOne(name, tensor, place, one));
            return first;
        }
        Step expansion = expansions.get(name);
        String from = expansion == null ? name : expansion.input(0);
        List<Integer> dims = BatchPlace.dims(own, from);
        if (BatchPlace.product(dims) != BatchPlace.product(one) || ownBatch > 1 && expansion == null) {
            throw new IllegalArgumentException("its input " + PrintableText.excerpt(name)
                    + " has numbers for each example of the batch of " + ownBatch);
        }
        if (dims.equals(one)) {
            return from;
        }
        String first = user.output() + " part " + added.size();
        String extents = first + " extents";
        know(graph.constants(), extents, new GrowingExtents(one, AS_THEY_ARE, 0).tensor(1));
        added.add(step(user, "Reshape", from, extents, first));
        return first;
    }

    private void know(Map<String, OnnxTensor> among, String name, OnnxTensor tensor) {
        among.put(name, tensor);
        other.put(name, new Operand.Known(tensor));
    }

    /** A node that a node of the file needs before it. */
    static Step step(Step user, String type, String input, String extents, String output) {
        OnnxNode node = new OnnxNode(user.node().name(), "", type, List.of(input, extents), List.of(output), Map.of());
        return new Step(user.index(), node, List.of(input, extents));
    }

    private OnnxTensor ofOne(String name, OnnxTensor tensor, BatchPlace place, List<Integer> one) {
        int outer = Math.toIntExact(
                place.blocks(tensor.dims().stream().map(Math::toIntExact).toList()));
        int bytes = tensor.data().remaining() / (outer * ownBatch);
        ByteBuffer data = ByteBuffer.allocate(outer * bytes).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer from = tensor.data().duplicate();
        int start = from.position();
        for (int block = 0; block < outer; block++) {
            ByteBuffer model = from.slice(start + block * ownBatch * bytes, bytes);
            for (int example = 1; example < ownBatch; example++) {
                if (!model.equals(from.slice(start + (block * ownBatch + example) * bytes, bytes))) {
                    throw new IllegalArgumentException("its input " + PrintableText.excerpt(name)
                            + " has other numbers for each example of the batch of " + ownBatch);
                }
            }
            data.put(model);
        }
        return new OnnxTensor(
                tensor.type(),
                one.stream().map(Integer::longValue).toList(),
                data.flip().order(ByteOrder.LITTLE_ENDIAN));
    }
}
