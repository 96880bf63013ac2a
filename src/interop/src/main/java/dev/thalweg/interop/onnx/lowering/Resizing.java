package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Resize and Upsample: along each axis for itself, by nearest neighbours or a product with a matrix of weights. */
final class Resizing {
    private Resizing() {}

    /** Upsample, and what Resize was in version 10. Before version 9 the scales were an attribute. */
    static List<Operand> upsample(Call call) {
        Operand source = call.operand(0);
        float[] scales = call.reals("scales")
                .map(Resizing::array)
                .orElseGet(() -> call.known(1).tensor().floats());
        return List.of(resized(call, source, scales, List.of(), new ResizeAxis.Settings(call, "asymmetric", "floor")));
    }

    private static float[] array(List<Float> numbers) {
        float[] array = new float[numbers.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = numbers.get(i);
        }
        return array;
    }

    static List<Operand> resize(Call call) {
        Operand source = call.operand(0);
        List<Integer> axes = call.wholes("axes")
                .map(given -> Axes.of(given, source.rank()))
                .orElseGet(() -> IntStream.range(0, source.rank()).boxed().toList());
        float[] scales = call.optionalKnown(2).map(k -> k.tensor().floats()).orElse(new float[0]);
        Optional<long[]> sizes = call.optionalKnown(3).map(k -> k.tensor().wholes());
        float[] all = new float[source.rank()];
        Arrays.fill(all, 1);
        List<Integer> extents = new ArrayList<>(source.dims());
        if (sizes.isPresent() && sizes.get().length > 0) {
            long[] wanted = sizes.get();
            checkCount(call, wanted.length, axes.size());
            for (int i = 0; i < axes.size(); i++) {
                all[axes.get(i)] = (float) wanted[i] / source.dims().get(axes.get(i));
                extents.set(axes.get(i), Extents.checked(wanted[i]));
            }
            keepRatio(call, source.dims(), axes, all, extents);
        } else {
            checkCount(call, scales.length, axes.size());
            for (int i = 0; i < axes.size(); i++) {
                all[axes.get(i)] = scales[i];
            }
            extents.clear();
        }
        return List.of(
                resized(call, source, all, extents, new ResizeAxis.Settings(call, "half_pixel", "round_prefer_floor")));
    }

    private static void checkCount(Call call, int got, int axes) {
        if (got != axes) {
            throw call.refusal("got " + got + " scales or sizes for " + axes + " axes");
        }
    }

    /** One scale for all axes, the smallest or greatest of those that the sizes ask for. */
    private static void keepRatio(
            Call call, List<Integer> dims, List<Integer> axes, float[] scales, List<Integer> extents) {
        String policy = call.text("keep_aspect_ratio_policy", "stretch");
        if (policy.equals("stretch")) {
            return;
        }
        float scale = scales[axes.getFirst()];
        for (int axis : axes) {
            scale = policy.equals("not_larger") ? Math.min(scale, scales[axis]) : Math.max(scale, scales[axis]);
        }
        for (int axis : axes) {
            scales[axis] = scale;
            extents.set(axis, Math.round(scale * dims.get(axis)));
        }
    }

    private static Operand resized(
            Call call, Operand source, float[] scales, List<Integer> sizes, ResizeAxis.Settings settings) {
        checkCount(call, scales.length, source.rank());
        Arrangement arrangement = new Arrangement(call.graph());
        Operand result = source;
        for (int axis = 0; axis < scales.length; axis++) {
            int extent = source.dims().get(axis);
            int length = sizes.isEmpty()
                    ? Extents.checked((long) Math.floor((double) extent * scales[axis]))
                    : sizes.get(axis);
            boolean cropped = settings.crops();
            if (scales[axis] == 1 && length == extent && !cropped) {
                continue;
            }
            if (extent == 0 || length == 0 || !(scales[axis] > 0)) {
                throw call.refusal("resizes extent " + extent + " to " + length + " by " + scales[axis]);
            }
            ResizeAxis along = new ResizeAxis(settings, axis, source.rank(), extent, length, scales[axis]);
            result = along.isNearest()
                    ? arrangement.take(result, axis, along.nearest())
                    : new Flowing(
                            arrangement.product(arrangement.value(result), axis, along.weights(), length),
                            Extents.with(result.dims(), axis, length),
                            source.type());
        }
        return settings.crops() ? outside(call, source, result, settings, scales) : result;
    }

    /** What lies outside of the source when a region was cropped is one number. */
    private static Operand outside(
            Call call, Operand source, Operand resized, ResizeAxis.Settings settings, float[] scales) {
        Operand inside = Known.of(ElementType.BOOL, List.of(), 1L);
        for (int axis = 0; axis < source.rank(); axis++) {
            int length = resized.dims().get(axis);
            ResizeAxis along =
                    new ResizeAxis(settings, axis, source.rank(), source.dims().get(axis), length, scales[axis]);
            List<Integer> dims = new ArrayList<>(Collections.nCopies(source.rank(), 1));
            dims.set(axis, length);
            inside = Elementwise.apply(
                    call.graph(), Combinations.AND, inside, Known.of(ElementType.BOOL, dims, along.inside()));
        }
        return Combinations.where(call.graph(), inside, resized, Known.of(source.type(), List.of(), (double)
                call.real("extrapolation_value", 0)));
    }
}
