package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Elementwise.Combination;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Operators that read and write single elements, at places that are known. */
final class Scattering {
    private static final int MOST_ROUNDS = 64;

    private Scattering() {}

    static List<Operand> gatherElements(Call call) {
        Operand data = call.operand(0);
        Known indices = call.known(1);
        int[] places = elementPlaces(call, data, indices);
        int axis = Extents.axis(call.whole("axis", 0), data.rank());
        List<Integer> all = Extents.with(indices.dims(), axis, data.dims().get(axis));
        return List.of(
                data instanceof Flowing
                                && indices.dims().get(axis) == 1
                                && data.dims().equals(all)
                        ? picked(call.graph(), data, axis, places)
                        : gathered(call, data, places, indices.dims()));
    }

    /** One element of each line along an axis: all others are taken as 0, and summed. */
    private static Operand picked(GraphBuilder graph, Operand data, int axis, int[] places) {
        long[] mask = new long[Extents.onHost(data.elements())];
        for (int place : places) {
            mask[place] = 1;
        }
        Operand kept = Elementwise.apply(graph, Combinations.MUL, data, Known.of(ElementType.FLOAT, data.dims(), mask));
        return Reductions.reduce(graph, Reductions.Kind.SUM, kept, List.of(axis));
    }

    static List<Operand> gatherNd(Call call) {
        Operand data = call.operand(0);
        Known indices = call.known(1);
        int batch = Extents.checked(call.whole("batch_dims", 0));
        int named = last(call, indices);
        if (batch >= indices.rank() || batch + named > data.rank()) {
            throw call.refusal(
                    "got indices " + indices.dims() + " into " + data.dims() + " with " + batch + " axes of batches");
        }
        List<Integer> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
        dims.addAll(data.dims().subList(batch + named, data.rank()));
        return List.of(gathered(call, data, slicePlaces(data, indices, batch), dims));
    }

    private static int last(Call call, Known indices) {
        if (indices.rank() == 0) {
            throw call.refusal("got a scalar, expected lists of indices");
        }
        return indices.dims().getLast();
    }

    private static Operand gathered(Call call, Operand data, int[] places, List<Integer> dims) {
        Arrangement arrangement = new Arrangement(call.graph());
        return arrangement.reshape(arrangement.take(flat(arrangement, data), 0, places), dims);
    }

    private static Operand flat(Arrangement arrangement, Operand operand) {
        return arrangement.reshape(operand, List.of(operand.elements()));
    }

    /** Of each index, the place in the data: it stands in for the index along the axis. */
    private static int[] elementPlaces(Call call, Operand data, Known indices) {
        int axis = Extents.axis(call.whole("axis", 0), data.rank());
        if (indices.rank() != data.rank()) {
            throw call.refusal("got indices " + indices.dims() + " into " + data.dims() + ", expected as many axes");
        }
        for (int i = 0; i < data.rank(); i++) {
            if (i != axis && indices.dims().get(i) > data.dims().get(i)) {
                throw call.refusal("got indices " + indices.dims() + " into " + data.dims());
            }
        }
        int[] strides = Extents.strides(data.dims());
        int step = strides[axis];
        strides[axis] = 0;
        int[] places = Arrangement.places(indices.dims(), strides);
        int[] counted = Moves.indices(indices.tensor().wholes(), data.dims().get(axis));
        Arrays.setAll(places, i -> places[i] + counted[i] * step);
        return places;
    }

    /** Of each list of indices, the places of the slice of the data that it names. */
    private static int[] slicePlaces(Operand data, Known indices, int batch) {
        int named = indices.dims().getLast();
        int[] strides = Extents.strides(data.dims());
        int slice = Extents.elements(data.dims().subList(batch + named, data.rank()));
        int lists = Extents.elements(indices.dims().subList(0, indices.rank() - 1));
        int batches = Extents.elements(indices.dims().subList(0, batch));
        int batchSize = batches == 0 ? 0 : data.elements() / batches;
        long[] numbers = indices.tensor().wholes();
        int[] places = new int[Extents.onHost((long) lists * slice)];
        for (int list = 0; list < lists; list++) {
            int begin = list / (lists / batches) * batchSize;
            for (int i = 0; i < named; i++) {
                int index = Extents.axis(numbers[list * named + i], data.dims().get(batch + i));
                begin += index * strides[batch + i];
            }
            for (int i = 0; i < slice; i++) {
                places[list * slice + i] = begin + i;
            }
        }
        return places;
    }

    static List<Operand> scatterElements(Call call) {
        Operand data = call.operand(0);
        return List.of(scattered(call, data, elementPlaces(call, data, call.known(1)), call.operand(2)));
    }

    static List<Operand> scatterNd(Call call) {
        Operand data = call.operand(0);
        Known indices = call.known(1);
        if (last(call, indices) > data.rank()) {
            throw call.refusal("got indices " + indices.dims() + " into " + data.dims());
        }
        return List.of(scattered(call, data, slicePlaces(data, indices, 0), call.operand(2)));
    }

    private static Operand scattered(Call call, Operand data, int[] places, Operand updates) {
        if (updates.elements() != places.length) {
            throw call.refusal("got " + updates.elements() + " updates for " + places.length + " places");
        }
        GraphBuilder graph = call.graph();
        Arrangement arrangement = new Arrangement(graph);
        Operand result = flat(arrangement, data);
        Operand news = flat(arrangement, updates);
        String reduction = call.text("reduction", "none");
        for (Map<Integer, Integer> round : rounds(places)) {
            int length = Extents.onHost(data.elements());
            int[] from = new int[length];
            Arrays.setAll(from, i -> round.containsKey(i) ? length + round.get(i) : i);
            Operand replaced = arrangement.take(arrangement.concat(0, List.of(result, news)), 0, from);
            result = reduction.equals("none")
                    ? replaced
                    : combined(graph, combination(call, reduction), result, replaced, round);
        }
        return arrangement.reshape(result, data.dims());
    }

    private static Combination combination(Call call, String reduction) {
        return switch (reduction) {
            case "add" -> Combinations.ADD;
            case "mul" -> Combinations.MUL;
            case "max" -> Combinations.MAX;
            case "min" -> Combinations.MIN;
            default -> throw call.refusal("reduction is " + reduction);
        };
    }

    private static Operand combined(
            GraphBuilder graph, Combination combination, Operand old, Operand replaced, Map<Integer, Integer> round) {
        long[] touched = new long[Extents.onHost(old.elements())];
        round.keySet().forEach(place -> touched[place] = 1);
        return Combinations.where(
                graph,
                Known.of(ElementType.BOOL, old.dims(), touched),
                Elementwise.apply(graph, combination, old, replaced),
                old);
    }

    /** Which update goes where, as often as a place is named: one for each place in a round. */
    private static List<Map<Integer, Integer>> rounds(int[] places) {
        List<Map<Integer, Integer>> rounds = new ArrayList<>();
        Map<Integer, Integer> seen = new HashMap<>();
        for (int i = 0; i < places.length; i++) {
            int round = seen.merge(places[i], 1, Integer::sum) - 1;
            if (round == MOST_ROUNDS) {
                throw new ShapeException("place " + places[i] + " is updated more than " + MOST_ROUNDS + " times");
            }
            if (round == rounds.size()) {
                rounds.add(new HashMap<>());
            }
            rounds.get(round).put(places[i], i);
        }
        return rounds;
    }
}
