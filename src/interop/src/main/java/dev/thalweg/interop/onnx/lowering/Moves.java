package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.interop.onnx.lowering.Operand.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
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
    static int[] indices(long[] given, int extent) {
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
        int count = Extents.onHost(Math.max(0, Math.ceilDiv(last - first, step)));
        return IntStream.range(0, count).map(i -> (int) (first + i * step)).toArray();
    }

    /** Extents are an attribute before version 13, and an input since; without them, all as long. */
    static List<Operand> split(Call call) {
        Operand operand = call.operand(0);
        int axis = Extents.axis(call.whole("axis", 0), operand.rank());
        int extent = operand.dims().get(axis);
        int parts =
                Extents.checked(call.whole("num_outputs", call.node().outputs().size()));
        List<Integer> lengths =
                call.wholes("split", 1).map(Extents::narrowed).orElseGet(() -> evenly(extent, Extents.onHost(parts)));
        if (lengths.stream().mapToLong(Integer::longValue).sum() != extent) {
            throw call.refusal("splits " + extent + " into " + lengths);
        }
        Arrangement arrangement = new Arrangement(call.graph());
        List<Operand> outputs = new ArrayList<>();
        int from = 0;
        for (int length : lengths) {
            outputs.add(arrangement.slice(operand, axis, from, length));
            from += length;
        }
        return outputs;
    }

    /** The last may be shorter. */
    private static List<Integer> evenly(int extent, int parts) {
        int length = Math.ceilDiv(extent, Math.max(1, parts));
        return IntStream.range(0, parts)
                .mapToObj(i -> Math.clamp(extent - (long) i * length, 0, length))
                .toList();
    }

    static List<Operand> tile(Call call) {
        Operand operand = call.operand(0);
        long[] repeats = call.known(1).tensor().wholes();
        if (repeats.length != operand.rank()) {
            throw call.refusal("got " + repeats.length + " repeats for extents " + operand.dims());
        }
        List<Integer> apart = new ArrayList<>();
        List<Integer> repeated = new ArrayList<>();
        List<Integer> result = new ArrayList<>();
        for (int axis = 0; axis < repeats.length; axis++) {
            int times = Extents.checked(repeats[axis]);
            int extent = operand.dims().get(axis);
            if (times != 1) {
                apart.add(1);
                repeated.add(times);
            }
            apart.add(extent);
            repeated.add(extent);
            result.add(Math.multiplyExact(times, extent));
        }
        Arrangement arrangement = new Arrangement(call.graph());
        return List.of(
                arrangement.reshape(arrangement.broadcast(arrangement.reshape(operand, apart), repeated), result));
    }

    /** Amounts may be negative, which cuts off. */
    static List<Operand> pad(Call call) {
        Operand operand = call.operand(0);
        List<Long> pads =
                call.wholes("pads", 1).or(() -> call.wholes("paddings")).orElseThrow(() -> call.refusal("has no pads"));
        List<Integer> axes = call.optionalKnown(3)
                .map(known ->
                        Axes.of(Arrays.stream(known.tensor().wholes()).boxed().toList(), operand.rank()))
                .orElseGet(() -> IntStream.range(0, operand.rank()).boxed().toList());
        if (pads.size() != 2 * axes.size()) {
            throw call.refusal("got " + pads.size() + " pads for " + axes.size() + " axes, expected twice as many");
        }
        String mode = call.text("mode", "constant");
        Operand number =
                call.optional(2).orElseGet(() -> Known.of(operand.type(), List.of(), (double) call.real("value", 0)));
        Operand padded = operand;
        for (int i = 0; i < axes.size(); i++) {
            int before = Math.toIntExact(pads.get(i));
            int after = Math.toIntExact(pads.get(axes.size() + i));
            padded = padded(call, padded, axes.get(i), before, after, mode, number);
        }
        return List.of(padded);
    }

    /** Cuts off or adds zeros at both ends alike; what is odd lies behind. */
    static List<Operand> centerCropPad(Call call) {
        Operand operand = call.operand(0);
        long[] wanted = call.known(1).tensor().wholes();
        List<Integer> axes = call.wholes("axes")
                .map(given -> Axes.of(given, operand.rank()))
                .orElseGet(() -> IntStream.range(0, operand.rank()).boxed().toList());
        if (wanted.length != axes.size()) {
            throw call.refusal("got " + wanted.length + " extents for " + axes.size() + " axes");
        }
        Operand result = operand;
        for (int i = 0; i < wanted.length; i++) {
            int missing = Extents.checked(wanted[i]) - operand.dims().get(axes.get(i));
            // Of what is cut off, as of what is added, the smaller half lies before.
            int before = missing / 2;
            result = padded(call, result, axes.get(i), before, missing - before, "constant", zero(operand));
        }
        return List.of(result);
    }

    private static Known zero(Operand like) {
        return Known.of(like.type(), List.of(), 0.0);
    }

    private static Operand padded(
            Call call, Operand operand, int axis, int before, int after, String mode, Operand number) {
        Arrangement arrangement = new Arrangement(call.graph());
        int extent = operand.dims().get(axis);
        int length = Extents.onHost((long) extent + before + after);
        if (mode.equals("constant")) {
            int from = Math.max(0, -before);
            Operand middle =
                    arrangement.slice(operand, axis, from, Math.max(0, Math.min(extent, extent + after) - from));
            Operand one = arrangement.reshape(number, List.of());
            return arrangement.concat(
                    axis,
                    List.of(
                            arrangement.broadcast(one, Extents.with(operand.dims(), axis, Math.max(0, before))),
                            middle,
                            arrangement.broadcast(one, Extents.with(operand.dims(), axis, Math.max(0, after)))));
        }
        if (extent == 0) {
            throw call.refusal("pads an axis of extent 0 in mode " + mode);
        }
        IntUnaryOperator inside = switch (mode) {
            case "edge" -> index -> Math.clamp(index, 0, extent - 1);
            case "wrap" -> index -> Math.floorMod(index, extent);
            case "reflect" -> index -> reflected(index, extent);
            default -> throw call.refusal("mode is " + mode + ", expected constant, edge, reflect or wrap");
        };
        return arrangement.take(
                operand,
                axis,
                IntStream.range(-before, length - before).map(inside).toArray());
    }

    /** Back and forth between the first and the last, neither of which comes twice. */
    private static int reflected(int index, int extent) {
        int period = Math.max(1, 2 * (extent - 1));
        int within = Math.floorMod(index, period);
        return Math.min(within, period - within);
    }

    static List<Operand> depthToSpace(Call call) {
        List<Integer> dims = pictures(call);
        int block = blockSize(call);
        int channels = dims.get(1) / Math.multiplyExact(block, block);
        boolean depthFirst = call.text("mode", "DCR").equals("DCR");
        Arrangement arrangement = new Arrangement(call.graph());
        Operand split = arrangement.reshape(
                call.operand(0),
                depthFirst
                        ? List.of(dims.get(0), block, block, channels, dims.get(2), dims.get(3))
                        : List.of(dims.get(0), channels, block, block, dims.get(2), dims.get(3)));
        Operand moved =
                arrangement.transpose(split, depthFirst ? List.of(0, 3, 4, 1, 5, 2) : List.of(0, 1, 4, 2, 5, 3));
        return List.of(arrangement.reshape(
                moved,
                List.of(
                        dims.get(0),
                        channels,
                        Math.multiplyExact(dims.get(2), block),
                        Math.multiplyExact(dims.get(3), block))));
    }

    static List<Operand> spaceToDepth(Call call) {
        List<Integer> dims = pictures(call);
        int block = blockSize(call);
        int height = dims.get(2) / block;
        int width = dims.get(3) / block;
        Arrangement arrangement = new Arrangement(call.graph());
        Operand split =
                arrangement.reshape(call.operand(0), List.of(dims.get(0), dims.get(1), height, block, width, block));
        Operand moved = arrangement.transpose(split, List.of(0, 3, 5, 1, 2, 4));
        return List.of(arrangement.reshape(
                moved,
                List.of(
                        dims.get(0),
                        Math.multiplyExact(dims.get(1), Math.multiplyExact(block, block)),
                        height,
                        width)));
    }

    private static int blockSize(Call call) {
        int block = Extents.checked(call.whole("blocksize"));
        if (block < 1) {
            throw call.refusal("blocksize is " + block + ", expected 1 or more");
        }
        return block;
    }

    private static List<Integer> pictures(Call call) {
        List<Integer> dims = call.operand(0).dims();
        if (dims.size() != 4) {
            throw call.refusal("got extents " + dims + ", expected [N, C, H, W]");
        }
        return dims;
    }
}
