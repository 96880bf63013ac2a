package dev.thalweg.interop.keras;

import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Permute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One call of a layer of Keras, to be converted into layers of ours.
 *
 * @param layer the layer
 * @param inputs what flows in
 * @param channelsFirst whether pictures are {@code [C, H, W]} in the file too
 * @param assembly what grows
 * @param store where weights lie
 */
record Site(LayerConfig layer, List<Flowing> inputs, boolean channelsFirst, Assembly assembly, WeightStore store) {
    Settings settings() {
        return layer.settings();
    }

    /** {@return the only thing that flows in, as it is} */
    Flowing raw() throws BadFileException {
        if (inputs.size() != 1) {
            throw settings().problem("takes one input, got " + inputs.size());
        }
        return inputs.getFirst();
    }

    /** {@return the only thing that flows in, its numbers in the order of the file} */
    Flowing input() throws BadFileException {
        return assembly.inOrder(layer, raw());
    }

    /** {@return the only thing that flows in, where it must be pictures} */
    Flowing picture() throws BadFileException {
        if (!raw().isPicture()) {
            throw settings().problem("takes pictures, got " + raw().shape() + " of each example");
        }
        return raw();
    }

    /** {@return a layer's result} */
    Flowing then(Flowing from, Layer next, Map<String, Source> sources) throws BadFileException {
        return then("", from, next, sources);
    }

    /** {@return a layer's result; its name has something after that in the file} */
    Flowing then(String suffix, Flowing from, Layer next, Map<String, Source> sources) throws BadFileException {
        return assembly.add(layer, suffix, next, List.of(from), sources);
    }

    /** {@return a layer's result that acts on each number for itself, so that their order does not matter} */
    Flowing each(String suffix, Flowing from, Layer next) throws BadFileException {
        Flowing result = then(suffix, from, next, Map.of());
        return new Flowing(result.place(), result.shape(), from.flattened(), null);
    }

    /** {@return the axis here, from 1 on, that the file counts with the batch, or from the end if negative} */
    int axis(Flowing flowing, int axis) throws BadFileException {
        int rank = flowing.shape().rank();
        int counted = axis < 0 ? axis + rank + 1 : axis;
        if (counted < 1 || counted > rank) {
            throw settings().problem("acts along axis " + axis + " of " + flowing.shape() + " for each example");
        }
        return flowing.isPicture() && !channelsFirst ? (counted == rank ? 1 : counted + 1) : counted;
    }

    /** {@return a layer's result that acts along another axis than that of the file, which is moved there and back} */
    Flowing along(Flowing from, int axis, int ours, Layer next, Map<String, Source> sources) throws BadFileException {
        if (axis == ours) {
            return then(from, next, sources);
        }
        List<Integer> there = new ArrayList<>(
                IntStream.rangeClosed(1, from.shape().rank()).boxed().toList());
        there.remove(axis - 1);
        there.add(ours - 1, axis);
        List<Integer> back = IntStream.rangeClosed(1, there.size())
                .mapToObj(k -> there.indexOf(k) + 1)
                .toList();
        Flowing moved = then("_permute", from, new Permute(there), Map.of());
        return then("_restore", then(moved, next, sources), new Permute(back), Map.of());
    }
}
