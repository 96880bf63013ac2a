package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.AveragePooling2D;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Padding;
import dev.thalweg.model.Reshape;
import dev.thalweg.model.ZeroPadding2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Poolings. */
final class PoolingPatterns {
    private PoolingPatterns() {}

    static @Nullable Match maximum(Plan plan, Step last) {
        if (!last.is("MaxPool") || !last.hasOneOutput()) {
            return null;
        }
        LayerWindow window = window(plan, last);
        return window == null
                ? null
                : Match.of(
                        last,
                        last.input(0),
                        new MaxPooling2D(window.kernelHeight(), window.stride(), window.padding()));
    }

    static @Nullable Match average(Plan plan, Step last) {
        if (!last.is("AveragePool")) {
            return null;
        }
        LayerWindow window = window(plan, last);
        if (window == null) {
            return null;
        }
        Layer pooling = new AveragePooling2D(window.kernelHeight(), window.stride(), window.padding());
        if (last.whole("count_include_pad", 0) == 0 || window.padding().equals(Padding.VALID)) {
            return Match.of(last, last.input(0), pooling);
        }
        Padding edges = window.padding();
        if (edges.mode() != Padding.Mode.EXPLICIT || last.whole("ceil_mode", 0) != 0) {
            return null;
        }
        return Match.of(
                last,
                last.input(0),
                new ZeroPadding2D(edges.top(), edges.bottom(), edges.left(), edges.right()),
                new AveragePooling2D(window.kernelHeight(), window.stride(), Padding.VALID));
    }

    private static @Nullable LayerWindow window(Plan plan, Step last) {
        Fact.Flow input = plan.examples(last.input(0));
        if (input == null) {
            return null;
        }
        LayerWindow window = LayerWindow.of(plan, last, kernel(last), input);
        return window == null || !window.isSquare() || window.dilation() != 1 ? null : window;
    }

    private static List<Integer> kernel(Step pooling) {
        return pooling.wholes("kernel_shape", List.of()).stream()
                .map(Math::toIntExact)
                .toList();
    }

    /** Means of whole channels. */
    static @Nullable Match global(Plan plan, Step last) {
        Fact.Flow result = plan.flow(last.output());
        if (result == null || !isGlobal(plan, last)) {
            return null;
        }
        List<Layer> layers = new ArrayList<>(List.of(new GlobalAveragePooling2D()));
        if (result.rank() == 4) {
            layers.add(new Reshape(result.example()));
        }
        return Match.of(last, last.input(0), layers.toArray(Layer[]::new));
    }

    /** The same without the extents of 1 that are left of height and width. */
    static @Nullable Match globalThenFlat(Plan plan, Step last) {
        Step pooling = plan.from(last.input(0), "GlobalAveragePool", "ReduceMean", "AveragePool");
        Fact.Flow result = plan.examples(last.output());
        boolean isFlat = last.is("Flatten", "Reshape", "Squeeze") && result != null && result.rank() == 2;
        return isFlat && pooling != null && isGlobal(plan, pooling)
                ? new Match(
                        List.of(pooling.input(0)),
                        List.of(Match.Placed.of(new GlobalAveragePooling2D())),
                        Set.of(pooling, last))
                : null;
    }

    private static boolean isGlobal(Plan plan, Step step) {
        Fact.Flow input = plan.examples(step.input(0));
        if (input == null || input.rank() != 4) {
            return false;
        }
        if (step.is("ReduceMean")) {
            List<Long> axes = axes(plan, step);
            return axes.size() == 2
                    && axes.stream()
                            .map(axis -> Math.floorMod(axis, 4))
                            .sorted()
                            .toList()
                            .equals(List.of(2, 3));
        }
        if (step.is("AveragePool")) {
            List<Integer> whole = List.of(input.dim(2), input.dim(3));
            LayerWindow window = LayerWindow.of(plan, step, kernel(step), input);
            return kernel(step).equals(whole)
                    && window != null
                    && window.dilation() == 1
                    && window.padding().equals(Padding.VALID);
        }
        return step.is("GlobalAveragePool");
    }

    /** Which axes are reduced; none if that is not known. */
    static List<Long> axes(Plan plan, Step step) {
        List<Long> given = step.input(1).isEmpty() ? step.wholes("axes", List.of()) : plan.wholes(step.input(1));
        return given == null ? List.of() : given;
    }
}
