package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.lowering.Operand;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.ThalwegException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Frees a graph from the batch that its file fixes. Its steps are taken one after the other in another batch, beside
 * the file's own; where the examples lie is told by the axis that differs. Extents that are baked into Reshape, Expand
 * and Resize grow with the batch. As elements lie row-major, a batch of 2 or more has one axis to lie on; a batch of 1
 * may have several: the likeliest is tried first, and where a later step does not fit, or takes examples together, the
 * next. What holds numbers for each example of the file's batch must hold the same for all, see
 * {@link RepeatedOperands}.
 */
final class Freeing {
    /** Real graphs need one for an attention or so: what needs more is made to take long. */
    private static final int MOST_RETREATS = 1000;

    private static final int MOST_TIMES_A_STEP = 16;
    /** Stands for no axis: the step stays. */
    private static final int AS_IT_IS = -1;

    private static final Set<String> ROW_MAJOR = Set.of("Flatten", "Reshape", "Squeeze", "Unsqueeze");

    private final CheckedGraph source;
    private final CheckedGraph freed;
    private final int ownBatch;
    private final Evaluation own;
    private final Evaluation other;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, BatchPlace> places = new HashMap<>();
    private final Map<String, GrowingExtents> growing = new LinkedHashMap<>();
    private final Map<String, Integer> producers = new HashMap<>();
    private final Deque<Choice> choices = new ArrayDeque<>();
    private final RepeatedOperands repeated;
    private int furthest = -1;
    private long takes;
    private String problem = "";

    /**
     * A step that may be taken in other ways.
     *
     * @param at which step
     * @param taken how many were taken before it
     * @param axes which of its result's may have the examples
     */
    private record Choice(int at, int taken, Deque<Integer> axes) {}

    private Freeing(CheckedGraph source, int ownBatch, Evaluation own) {
        this.source = source;
        this.ownBatch = ownBatch;
        this.own = own;
        this.freed = new CheckedGraph(
                source.file(),
                source.opset(),
                source.inputs(),
                source.outputs(),
                steps,
                new LinkedHashMap<>(source.initializers()),
                new HashMap<>(source.constants()));
        this.other = new Evaluation(freed, ownBatch + 1);
        this.repeated = new RepeatedOperands(freed, ownBatch, own.values(), other.values(), this::grow);
        for (int i = 0; i < source.steps().size(); i++) {
            int at = i;
            source.steps().get(i).node().outputs().forEach(output -> producers.put(output, at));
        }
    }

    /**
     * Frees a graph.
     *
     * @param source the graph
     * @param batch the one that its file fixes
     * @return the same for all batches
     * @throws BadFileException if it is none for another one: an operator does not fit, or mixes examples
     */
    static FreedGraph free(CheckedGraph source, int batch) throws BadFileException {
        Evaluation own = new Evaluation(source, batch);
        own.begin();
        for (Step step : source.steps()) {
            own.take(step);
        }
        return new Freeing(source, batch, own).free();
    }

    private FreedGraph free() throws BadFileException {
        other.begin();
        source.inputs().keySet().forEach(name -> places.put(name, BatchPlace.OUTERMOST));
        int retreats = 0;
        int at = 0;
        while (at <= source.steps().size()) {
            String found = at < source.steps().size()
                    ? take(at, candidates(source.steps().get(at)))
                    : outputs();
            while (found != null) {
                if (at > furthest) {
                    furthest = at;
                    problem = found;
                }
                boolean goesOn = retreats++ < MOST_RETREATS
                        && takes < MOST_TIMES_A_STEP * (long) source.steps().size();
                Choice choice = goesOn ? retreat(at) : null;
                if (choice == null) {
                    throw new BadFileException(
                            source.file(),
                            problem + "; the file fixes a batch of " + ownBatch
                                    + ", and its graph is none of another one. Export it with an open first axis"
                                    + " (PyTorch: dynamic_axes)");
                }
                at = choice.at();
                steps.subList(choice.taken(), steps.size()).clear();
                found = take(at, choice.axes());
            }
            at++;
        }
        List<Step> numbered = IntStream.range(0, steps.size())
                .mapToObj(i -> new Step(i, steps.get(i).node(), steps.get(i).inputs()))
                .toList();
        steps.clear();
        steps.addAll(numbered);
        return new FreedGraph(freed, growing);
    }

    /** The last choice that something depends on. */
    private @Nullable Choice retreat(int at) {
        Set<Integer> before = new HashSet<>(Set.of(at));
        Deque<String> open = new ArrayDeque<>(
                at < source.steps().size() ? source.steps().get(at).inputs() : source.outputs());
        while (!open.isEmpty()) {
            Integer producer = producers.get(open.pop());
            if (producer != null && before.add(producer)) {
                source.steps().get(producer).inputs().forEach(open::push);
            }
        }
        Choice choice = choices.poll();
        while (choice != null && !before.contains(choice.at())) {
            choice = choices.poll();
        }
        return choice;
    }

    /** Takes a step in the first of several ways; what is wrong with it, or null. */
    private @Nullable String take(int at, Deque<Integer> axes) throws BadFileException {
        Step step = source.steps().get(at);
        int axis = axes.pop();
        takes++;
        if (!axes.isEmpty()) {
            choices.push(new Choice(at, steps.size(), axes));
        }
        try {
            List<Step> taken = axis == AS_IT_IS ? repeated.fitted(step, places) : List.of(grown(step, axis));
            for (Step each : taken) {
                other.lower(each);
                steps.add(each);
            }
            String found = place(step);
            return found == null ? null : source.told(step, found);
        } catch (ThalwegException | ArithmeticException | IllegalArgumentException e) {
            return source.told(step, e);
        }
    }

    private @Nullable String outputs() {
        for (String output : source.outputs()) {
            BatchPlace place = places.get(output);
            if (!BatchPlace.OUTERMOST.equals(place)
                    || BatchPlace.dims(own.values(), output).getFirst() != ownBatch) {
                return "output " + output + " has not the examples alone along its first axis";
            }
        }
        return null;
    }

    /** The axes of a step's result, likeliest first, on which the examples may lie, where its extents are fixed. */
    private Deque<Integer> candidates(Step step) {
        BatchPlace place = places.get(step.input(0));
        Deque<Integer> asItIs = new ArrayDeque<>(List.of(AS_IT_IS));
        if (place == null || !(own.values().get(step.output()) instanceof Operand.Flowing result)) {
            return asItIs;
        }
        List<Integer> dims = BatchPlace.dims(own.values(), step.input(0));
        if (step.is("Reshape") && isFixed(step.input(1)) || step.is("Squeeze") && dropsBatch(step, dims, place)) {
            Deque<Integer> axes = rowMajor(step, place.blocks(dims), result.dims());
            return axes.isEmpty() ? asItIs : axes;
        }
        if (step.is("Expand") && isFixed(step.input(1))) {
            return new ArrayDeque<>(List.of(result.rank() - dims.size() + place.axis()));
        }
        return step.is("Resize") && !step.input(3).isEmpty() && isFixed(step.input(3))
                ? new ArrayDeque<>(List.of(place.axis()))
                : asItIs;
    }

    /** Whether the axis of the examples goes where it is 1; without axes named, it would in a batch of 1. */
    private boolean dropsBatch(Step step, List<Integer> dims, BatchPlace place) {
        List<Long> axes = step.input(1).isEmpty() ? step.wholes("axes", List.of()) : wholes(step.input(1));
        return axes.isEmpty() || axes.stream().anyMatch(axis -> Math.floorMod(axis, dims.size()) == place.axis());
    }

    private Deque<Integer> rowMajor(Step step, long blocks, List<Integer> dims) {
        List<Long> wanted = step.is("Reshape") ? wholes(step.input(1)) : List.of();
        Deque<Integer> alone = new ArrayDeque<>();
        Deque<Integer> open = new ArrayDeque<>();
        Deque<Integer> outermost = new ArrayDeque<>();
        Deque<Integer> others = new ArrayDeque<>();
        for (int axis = 0; axis < dims.size(); axis++) {
            BatchPlace place = dims.contains(0) ? null : BatchPlace.reshaped(blocks, dims, axis, ownBatch);
            if (place != null) {
                boolean first = place.before() == 1;
                (first && dims.get(axis) == ownBatch
                                ? alone
                                : axis < wanted.size() && wanted.get(axis) < 0 ? open : first ? outermost : others)
                        .add(axis);
            }
        }
        alone.addAll(open);
        alone.addAll(outermost);
        alone.addAll(others);
        return alone;
    }

    private Step grown(Step step, int axis) {
        List<Integer> dims = BatchPlace.dims(own.values(), step.output());
        String extents = grow(step.output(), new GrowingExtents(dims, axis, dims.get(axis) / ownBatch));
        if (step.is("Squeeze")) {
            return RepeatedOperands.step(step, "Reshape", step.input(0), extents, step.output());
        }
        List<String> inputs = new ArrayList<>(step.inputs());
        inputs.set(step.is("Resize") ? 3 : 1, extents);
        return new Step(step.index(), step.node(), inputs);
    }

    /** Extents that the graph takes from now on, by their name. */
    private String grow(String value, GrowingExtents extents) {
        String name = value + " extents";
        growing.put(name, extents);
        other.values().put(name, new Operand.Known(extents.tensor(ownBatch + 1)));
        return name;
    }

    /** Sees where the examples lie in a step's results; what is wrong with them, or null. */
    private @Nullable String place(Step step) {
        String from =
                step.inputs().stream().filter(places::containsKey).findFirst().orElse(null);
        BatchPlace before = from == null ? null : places.get(from);
        List<Integer> taken = from == null ? List.of() : BatchPlace.dims(own.values(), from);
        if (before != null
                && JointAxes.of(step, source.opset(), taken.size(), wholes(step.input(1)))
                        .contains(before.axis())) {
            return "takes the elements of axis " + before.axis() + " together, along which the examples lie";
        }
        for (String output : step.node().outputs()) {
            places.remove(output);
            if (!(own.values().get(output) instanceof Operand.Flowing here)
                    || !(other.values().get(output) instanceof Operand.Flowing there)) {
                continue;
            }
            int axis = grownAxis(here.dims(), there.dims());
            if (axis < 0 && (before != null || !here.dims().equals(there.dims()))) {
                return "its result has extents " + here.dims() + " in a batch of " + ownBatch + ", and " + there.dims()
                        + " in one of " + (ownBatch + 1) + ", expected one that grows with the batch";
            }
            if (axis >= 0) {
                BatchPlace now =
                        before == null ? new BatchPlace(axis, 1) : moved(step, before, taken, here.dims(), axis);
                if (now == null) {
                    return "the examples are not where they lie in memory";
                }
                places.put(output, now);
            }
        }
        return null;
    }

    private @Nullable BatchPlace moved(
            Step step, BatchPlace before, List<Integer> taken, List<Integer> dims, int axis) {
        if (ROW_MAJOR.contains(step.node().opType())) {
            return BatchPlace.reshaped(before.blocks(taken), dims, axis, ownBatch);
        }
        if (step.is("Concat") && dims.get(axis) > taken.get(before.axis())) {
            return new BatchPlace(axis, before.before() * step.inputs().size());
        }
        return new BatchPlace(axis, taken.get(before.axis()).equals(dims.get(axis)) ? before.before() : 1);
    }

    /** The only axis that differs, if it does as the batch does. */
    private int grownAxis(List<Integer> here, List<Integer> there) {
        if (here.size() != there.size()) {
            return -1;
        }
        int[] differing = IntStream.range(0, here.size())
                .filter(axis -> !here.get(axis).equals(there.get(axis)))
                .toArray();
        return differing.length == 1
                        && (long) here.get(differing[0]) * (ownBatch + 1) == (long) there.get(differing[0]) * ownBatch
                ? differing[0]
                : -1;
    }

    /** Whether extents are the same in both batches. */
    private boolean isFixed(String extents) {
        return other.values().get(extents) instanceof Operand.Known(OnnxTensor here)
                && own.values().get(extents) instanceof Operand.Known(OnnxTensor there)
                && here.equals(there);
    }

    private List<Long> wholes(String name) {
        return own.values().get(name) instanceof Operand.Known(OnnxTensor tensor)
                        && !tensor.type().isFloating()
                ? LongStream.of(tensor.wholes()).boxed().toList()
                : List.of();
    }
}
