package dev.thalweg.data;

import dev.thalweg.text.Counted;
import dev.thalweg.text.Index;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Some pictures as floats, what else flows into a network with them, and their targets. One of a {@link BatchLoader}
 * lies off the heap and is lent until the next one; one of arrays is read where these are.
 */
public final class Batch {
    /**
     * What an output shall say.
     *
     * @param numbers floats {@code [size, outputs]}, as the loss sees them
     * @param known the same of each picture, neither mixed nor weighed
     */
    record Wanted(MemorySegment numbers, Targets known) {
        /** {@return numbers that are looked at where they are} */
        static Wanted of(int size, float... numbers) {
            float[][] rows = new float[size][];
            int outputs = checkedLength("targets", size, numbers);
            for (int i = 0; i < size; i++) {
                rows[i] = Arrays.copyOfRange(numbers, i * outputs, (i + 1) * outputs);
            }
            return new Wanted(MemorySegment.ofArray(numbers), Targets.ofRegression(List.of(), rows));
        }
    }

    private final BatchPart part;
    private final Optional<MemorySegment> images;
    private final Map<String, MemorySegment> inputs;
    private final Optional<Wanted> targets;
    private final Map<String, Wanted> moreTargets;

    Batch(
            BatchPart part,
            Optional<MemorySegment> images,
            Map<String, MemorySegment> inputs,
            Optional<Wanted> targets,
            Map<String, Wanted> moreTargets) {
        this.part = part;
        this.images = images;
        this.inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        this.targets = targets;
        this.moreTargets = Collections.unmodifiableMap(new LinkedHashMap<>(moreTargets));
    }

    /**
     * {@return a batch of numbers for a network of one input and one output}
     *
     * @param size how many pictures, at least 1
     * @param images {@code [size, C, H, W]} as the network sees them, normalized, row-major
     * @param targets {@code [size, outputs]}, row-major; for classes a one-hot row each
     * @throws IllegalArgumentException if an array does not hold as many numbers for each picture, or a target is not
     *         finite
     */
    public static Batch of(int size, float[] images, float[] targets) {
        checkedLength("pictures", size, images);
        return new Batch(
                BatchPart.whole(size),
                Optional.of(MemorySegment.ofArray(images)),
                Map.of(),
                Optional.of(Wanted.of(size, targets)),
                Map.of());
    }

    /**
     * {@return a batch of numbers for a network of several inputs or outputs}
     *
     * @param size how many examples, at least 1
     * @param inputs by the names of the network's inputs: {@code [size, ...]} as it sees them, row-major
     * @param targets by the names of its outputs: {@code [size, outputs]}, row-major; none where it only predicts
     * @throws IllegalArgumentException if an array does not hold as many numbers for each example, or a target is not
     *         finite
     */
    public static Batch of(int size, Map<String, float[]> inputs, Map<String, float[]> targets) {
        Map<String, MemorySegment> in = new LinkedHashMap<>();
        inputs.forEach((name, numbers) -> {
            checkedLength("input \"" + name + "\"", size, numbers);
            in.put(name, MemorySegment.ofArray(numbers));
        });
        Map<String, Wanted> out = new LinkedHashMap<>();
        targets.forEach((name, numbers) -> out.put(name, Wanted.of(size, numbers)));
        return new Batch(BatchPart.whole(size), Optional.empty(), in, Optional.empty(), out);
    }

    private static int checkedLength(String what, int size, float... numbers) {
        if (size < 1 || numbers.length == 0 || numbers.length % size != 0) {
            throw new IllegalArgumentException("a batch: expected at least one example, and of " + what
                    + " as many numbers for each, got " + Counted.of(size, "example") + " and "
                    + Counted.of(numbers.length, "number") + " of "
                    + what);
        }
        return numbers.length / size;
    }

    /**
     * {@return how many pictures are in it; the last batch of an epoch may have fewer than the others}
     */
    public int size() {
        return part.computed();
    }

    /**
     * {@return which pictures of a whole batch these are; where nobody else has any of it, all}
     */
    public BatchPart part() {
        return part;
    }

    /**
     * {@return the pictures, floats {@code [size, C, H, W]}}
     *
     * @throws IllegalStateException if everything that flows in has a name
     */
    public MemorySegment images() {
        return images.orElseThrow(() -> new IllegalStateException(
                "all that flows in with this batch has a name: ask for the input of one of " + inputs.keySet()));
    }

    /**
     * {@return what else flows in, floats {@code [size, ...]}}
     *
     * @param name one of {@link #inputNames}
     * @throws IllegalArgumentException if nothing has this name
     */
    public MemorySegment input(String name) {
        return named("input", name, inputs);
    }

    /**
     * {@return the names of what flows in beside the pictures}
     */
    public Set<String> inputNames() {
        return inputs.keySet();
    }

    /**
     * {@return what the network shall say, as the loss sees it: floats {@code [size, outputs]}; one-hot for classes,
     * mixed where pictures are mixed, multiplied by class weights where there are any}
     *
     * @throws IllegalStateException if all targets have a name, or there are none
     */
    public MemorySegment targets() {
        return own().numbers();
    }

    /**
     * {@return what an output shall say, as {@link #targets()}}
     *
     * @param output one of {@link #targetNames}
     * @throws IllegalArgumentException if there are none for this output
     */
    public MemorySegment targets(String output) {
        return named("targets of", output, moreTargets).numbers();
    }

    /**
     * {@return the names of the outputs that have targets beside the pictures' own}
     */
    public Set<String> targetNames() {
        return moreTargets.keySet();
    }

    /**
     * {@return what the network shall say of a picture, neither mixed nor weighed: a row of {@link Targets#outputs}
     * numbers}
     *
     * @param index from 0 to below {@link #size()}
     * @throws IndexOutOfBoundsException if it is not
     * @throws IllegalStateException if all targets have a name, or there are none
     */
    public float[] target(int index) {
        return own().known().row(Index.checked("picture", index, size()));
    }

    /**
     * {@return what an output shall say of a picture, as {@link #target(int)}}
     *
     * @param output one of {@link #targetNames}
     * @param index from 0 to below {@link #size()}
     * @throws IndexOutOfBoundsException if it is not
     * @throws IllegalArgumentException if there are none for this output
     */
    public float[] target(String output, int index) {
        return named("targets of", output, moreTargets).known().row(Index.checked("picture", index, size()));
    }

    /**
     * {@return a picture's class, where pictures belong to one class each}
     *
     * @param index from 0 to below {@link #size()}
     * @throws IndexOutOfBoundsException if it is not
     * @throws IllegalStateException if they do not
     */
    public int label(int index) {
        return own().known().asClasses().label(Index.checked("picture", index, size()));
    }

    private Wanted own() {
        return targets.orElseThrow(() -> new IllegalStateException(
                "this batch has no targets without a name: ask for those of one of " + moreTargets.keySet()));
    }

    private static <T> T named(String what, String name, Map<String, T> all) {
        T value = all.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "a batch has no " + what + " \"" + name + "\", expected one of " + all.keySet());
        }
        return value;
    }
}
