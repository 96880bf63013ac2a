package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.lowering.Operand;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of a file of one fixed batch, for another batch. Extents in which the file's batch is baked, as constants of
 * Reshape and Expand, grow with it: elements lie row-major, so that it is the first axis, of those before which lies as
 * much as before the input's batch, that carries it.
 *
 * @param values what is known so far in the other batch; extents that grow are added
 * @param own the same in the file's batch
 * @param probe the same in a third batch, by which to see what depends on the batch; it may be the other one
 * @param ownBatch the file's batch
 * @param batch the other one
 */
record Rebatching(
        Map<String, Operand> values, Map<String, Operand> own, Map<String, Operand> probe, int ownBatch, int batch) {
    /**
     * {@return a node as it is in the other batch, after what it needs before it}
     *
     * @param step the node in the file's batch
     * @param place how many nodes were before
     */
    List<Step> apply(Step step, int place) {
        if (step.is("Concat")) {
            return joined(step, place);
        }
        List<Long> extents = step.is("Reshape") ? reshaped(step) : step.is("Expand") ? expanded(step) : null;
        return List.of(extents == null ? step : withExtents(step, step.input(0), extents));
    }

    /** What was repeated for the file's batch without depending on it, a class token, is for the other one. */
    private List<Step> joined(Step step, int place) {
        List<Integer> own = dims(this.own, step.output());
        int joint = Math.floorMod(step.whole("axis", 1), Math.max(1, own.size()));
        int axis = step.inputs().stream()
                .mapToInt(this::batchAxis)
                .filter(found -> found >= 0)
                .findFirst()
                .orElse(joint);
        if (axis == joint) {
            return List.of(step);
        }
        List<String> inputs = new ArrayList<>();
        List<Step> added = new ArrayList<>();
        for (String input : step.inputs()) {
            List<Long> extents = longs(dims(values, input));
            if (extents.size() == own.size() && extents.get(axis) == 1 && own.get(axis) == 1) {
                extents.set(axis, (long) batch);
                OnnxNode expand = new OnnxNode(
                        step.node().name(),
                        "",
                        "Expand",
                        List.of("", ""),
                        List.of(step.output() + " part " + inputs.size()),
                        Map.of());
                added.add(withExtents(new Step(-1 - place - added.size(), expand, List.of()), input, extents));
                inputs.add(added.getLast().output());
            } else {
                inputs.add(input);
            }
        }
        added.add(new Step(step.index(), step.node(), inputs));
        return added;
    }

    /** The extents in which a fixed target becomes another one; null if it stays. */
    private @Nullable List<Long> reshaped(Step step) {
        if (!(own.get(step.output()) instanceof Operand.Flowing result) || !isFixed(step.input(1))) {
            return null;
        }
        int axis = batchAxis(step.input(0));
        if (axis < 0) {
            return null;
        }
        long before = product(dims(own, step.input(0)).subList(0, axis));
        List<Long> extents = longs(result.dims());
        long prefix = 1;
        for (int i = 0; i < extents.size(); i++) {
            if (prefix == before && extents.get(i) % ownBatch == 0) {
                extents.set(i, extents.get(i) / ownBatch * batch);
                return extents;
            }
            prefix *= extents.get(i);
        }
        return null;
    }

    private @Nullable List<Long> expanded(Step step) {
        if (!(own.get(step.output()) instanceof Operand.Flowing result) || !isFixed(step.input(1))) {
            return null;
        }
        int axis = batchAxis(step.input(0));
        if (axis < 0) {
            return null;
        }
        int place = result.rank() - dims(own, step.input(0)).size() + axis;
        List<Long> extents = longs(result.dims());
        extents.set(place, extents.get(place) / ownBatch * batch);
        return extents;
    }

    /** Whether extents are the same in both batches. */
    private boolean isFixed(String extents) {
        return probe.get(extents) instanceof Operand.Known(OnnxTensor here)
                && own.get(extents) instanceof Operand.Known(OnnxTensor there)
                && here.equals(there);
    }

    /** Which axis differs between the batches; −1 if none does. */
    private int batchAxis(String name) {
        List<Integer> here = dims(probe, name);
        List<Integer> there = dims(own, name);
        for (int axis = 0; axis < Math.min(here.size(), there.size()); axis++) {
            if (!here.get(axis).equals(there.get(axis))) {
                return axis;
            }
        }
        return -1;
    }

    private Step withExtents(Step step, String input, List<Long> extents) {
        String name = step.output() + " extents";
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES * extents.size()).order(ByteOrder.LITTLE_ENDIAN);
        extents.forEach(data::putLong);
        values.put(
                name,
                new Operand.Known(new OnnxTensor(
                        ElementType.INT64,
                        List.of((long) extents.size()),
                        data.flip().order(ByteOrder.LITTLE_ENDIAN))));
        OnnxNode node = step.node();
        return new Step(step.index(), node, List.of(input, name));
    }

    /** None of what is not known: the operator that takes it says so. */
    private static List<Integer> dims(Map<String, Operand> operands, String name) {
        Operand operand = operands.get(name);
        return operand == null ? List.of() : operand.dims();
    }

    private static long product(List<Integer> extents) {
        return extents.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    private static List<Long> longs(List<Integer> dims) {
        return new ArrayList<>(dims.stream().map(Integer::longValue).toList());
    }
}
