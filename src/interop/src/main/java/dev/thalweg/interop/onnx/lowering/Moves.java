package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.interop.onnx.lowering.Operand.Known;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Operators that put elements elsewhere. */
final class Moves {
    private Moves() {}

    static List<Operand> transpose(Call call) {
        Operand operand = call.operand(0);
        List<Integer> order = call.wholes("perm").map(Extents::narrowed).orElseGet(() -> {
            List<Integer> reversed =
                    new ArrayList<>(IntStream.range(0, operand.rank()).boxed().toList());
            Collections.reverse(reversed);
            return reversed;
        });
        return List.of(new Arrangement(call.graph()).transpose(operand, order));
    }

    static List<Operand> concat(Call call) {
        List<Operand> operands = call.all();
        if (operands.isEmpty()) {
            throw call.refusal("got no operands, expected some");
        }
        int axis = Extents.axis(call.whole("axis", 1), operands.getFirst().rank());
        return List.of(new Arrangement(call.graph()).concat(axis, operands));
    }

    static List<Operand> gather(Call call) {
        Operand operand = call.operand(0);
        Known indices = call.known(1);
        int axis = Extents.axis(call.whole("axis", 0), operand.rank());
        int[] counted = indices(indices.tensor().wholes(), operand.dims().get(axis));
        List<Integer> dims = new ArrayList<>(operand.dims());
        dims.remove(axis);
        dims.addAll(axis, indices.dims());
        Arrangement arrangement = new Arrangement(call.graph());
        return List.of(arrangement.reshape(arrangement.take(operand, axis, counted), dims));
    }

    /** Counted from 0; negative ones count from the end. */
    private static int[] indices(long[] given, int extent) {
        int[] counted = new int[given.length];
        for (int i = 0; i < given.length; i++) {
            counted[i] = Extents.axis(given[i], extent);
        }
        return counted;
    }

    static List<Operand> slice(Call call) {
        Operand operand = call.operand(0);
        List<Long> starts = call.wholes("starts", 1).orElseThrow(() -> call.refusal("has no starts"));
        List<Long> ends = call.wholes("ends", 2).orElseThrow(() -> call.refusal("has no ends"));
        Optional<List<Long>> axes = call.wholes("axes", 3);
        Optional<List<Long>> steps = call.wholes("steps", 4);
        if (ends.size() != starts.size()
                || axes.isPresent() && axes.get().size() != starts.size()
                || steps.isPresent() && steps.get().size() != starts.size()) {
            throw call.refusal("got " + starts.size() + " starts, " + ends.size() + " ends, axes " + axes
                    + " and steps " + steps + ", expected as many of each");
        }
        Arrangement arrangement = new Arrangement(call.graph());
        for (int i = 0; i < starts.size(); i++) {
            int axis = Extents.axis(axes.isPresent() ? axes.get().get(i) : i, operand.rank());
            long step = steps.isPresent() ? steps.get().get(i) : 1;
            if (step == 0) {
                throw call.refusal("got step 0, expected another");
            }
            operand = arrangement.take(
                    operand,
                    axis,
                    stepped(starts.get(i), ends.get(i), step, operand.dims().get(axis)));
        }
        return List.of(operand);
    }

    /** Ends beyond the axis are cut to it, as in Python. */
    private static int[] stepped(long start, long end, long step, int extent) {
        long low = step > 0 ? 0 : -1;
        long high = step > 0 ? extent : extent - 1L;
        long first = Math.clamp(start < 0 ? start + extent : start, low, high);
        long last = Math.clamp(end < 0 ? end + extent : end, low, high);
        int count = (int) Math.max(0, Math.ceilDiv(last - first, step));
        return IntStream.range(0, count).map(i -> (int) (first + i * step)).toArray();
    }
}
