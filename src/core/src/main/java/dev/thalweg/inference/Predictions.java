package dev.thalweg.inference;

import dev.thalweg.data.TargetSpec;
import dev.thalweg.loss.Outputs;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Index;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a model says of pictures. Of a model with several outputs, {@link #output} tells what one of them says.
 */
public final class Predictions {
    private final Map<String, Predictions> byOutput;
    private final List<float[]> outputs;
    private final TargetSpec targets;
    private final Outputs yielded;

    /**
     * What a single output says.
     *
     * @param outputs a row for each picture, copied
     * @param targets what the columns stand for
     * @param yielded what the numbers are
     */
    public Predictions(List<float[]> outputs, TargetSpec targets, Outputs yielded) {
        Objects.requireNonNull(targets, "targets");
        Objects.requireNonNull(yielded, "yielded");
        this.byOutput = Map.of();
        this.outputs = outputs.stream().map(float[]::clone).toList();
        this.targets = targets;
        this.yielded = yielded;
    }

    private Predictions(Map<String, Predictions> byOutput) {
        Predictions first = byOutput.values().iterator().next();
        this.byOutput = Collections.unmodifiableMap(byOutput);
        this.outputs = first.outputs;
        this.targets = first.targets;
        this.yielded = first.yielded;
    }

    /**
     * What the outputs of a model say; what is asked of a single one needs no name.
     *
     * @param rows of each output, in their order, a row for each picture, copied
     * @param targets what the columns stand for, by output; of those that are not named nothing is known
     * @param yielded what the numbers are, by output in their order, at least one
     * @return all of them
     */
    public static Predictions of(
            List<List<float[]>> rows, Map<String, TargetSpec> targets, Map<String, Outputs> yielded) {
        Map<String, Predictions> said = new LinkedHashMap<>();
        yielded.forEach((output, kind) -> said.put(
                output,
                new Predictions(rows.get(said.size()), targets.getOrDefault(output, TargetSpec.UNKNOWN), kind)));
        return new Predictions(said);
    }

    /** {@return what is said of some of the pictures} */
    Predictions of(int from, int to) {
        if (byOutput.isEmpty()) {
            return new Predictions(outputs.subList(from, to), targets, yielded);
        }
        Map<String, Predictions> some = new LinkedHashMap<>();
        byOutput.forEach((output, said) -> some.put(output, said.of(from, to)));
        return new Predictions(some);
    }

    /**
     * {@return what one output says}
     *
     * @param name of the output, that of the layer that yields it
     * @throws IllegalArgumentException if there is no such output
     */
    @CheckReturnValue
    public Predictions output(String name) {
        Predictions one = byOutput.get(name);
        if (one == null) {
            throw new IllegalArgumentException(
                    "there is no output \"" + name + "\", expected one of " + byOutput.keySet());
        }
        return one;
    }

    /**
     * {@return a row for each picture as the network yields it: probabilities where it ends in a softmax or a sigmoid,
     * else logits or numbers; whoever changes a row changes what this says of that picture, and nothing else}
     *
     * @throws IllegalStateException if there are several outputs: ask for one by {@link #output}, as also before all
     *             other questions
     */
    public List<float[]> outputs() {
        checkSingle();
        return outputs;
    }

    /**
     * {@return these answers as probabilities: of logits, the softmax where a picture is of one class, the sigmoid
     * where it has labels; numbers of a regression, and what is no logit as far as the network's last operations tell,
     * stay as they are}
     *
     * @throws IllegalStateException if there are several outputs
     */
    @CheckReturnValue
    public Predictions probabilities() {
        checkSingle();
        return targets.kind() == TargetKind.REGRESSION
                ? this
                : new Predictions(
                        outputs.stream()
                                .map(row -> probabilities(row, targets.kind()))
                                .toList(),
                        targets,
                        Outputs.PROBABILITIES);
    }

    private float[] probabilities(float[] row, TargetKind kind) {
        return switch (yielded) {
            case PROBABILITIES, SINGLE_PROBABILITIES, UNKNOWN -> row.clone();
            case LOG_PROBABILITIES -> mapped(row, Math::exp);
            case LOGITS -> kind == TargetKind.MULTI_LABEL ? mapped(row, x -> 1 / (1 + Math.exp(-x))) : softmax(row);
        };
    }

    private static float[] softmax(float[] row) {
        double greatest =
                IntStream.range(0, row.length).mapToDouble(i -> row[i]).max().orElse(0);
        double sum = IntStream.range(0, row.length)
                .mapToDouble(i -> Math.exp(row[i] - greatest))
                .sum();
        return mapped(row, x -> Math.exp(x - greatest) / sum);
    }

    private static float[] mapped(float[] row, DoubleUnaryOperator function) {
        float[] mapped = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            mapped[i] = (float) function.applyAsDouble(row[i]);
        }
        return mapped;
    }

    private float[] row(int picture) {
        return outputs().get(Index.checked("picture", picture, outputs().size()));
    }

    /** Of a model that was not trained on a data set, nobody knows what its outputs stand for. */
    private void checkKind(String asked, TargetKind... kinds) {
        if (!targets().equals(TargetSpec.UNKNOWN) && !List.of(kinds).contains(targets.kind())) {
            throw new IllegalStateException(
                    asked + ": expected targets of the kind " + List.of(kinds) + ", the model has " + targets);
        }
    }

    /**
     * {@return what the columns stand for}
     */
    public TargetSpec targets() {
        checkSingle();
        return targets;
    }

    /**
     * {@return what the numbers are}
     *
     * @throws IllegalStateException if there are several outputs
     */
    public Outputs yielded() {
        checkSingle();
        return yielded;
    }

    private void checkSingle() {
        if (byOutput.size() > 1) {
            throw new IllegalStateException("these are the answers of the outputs " + byOutput.keySet()
                    + ": ask for output(name) of one of them");
        }
    }

    /**
     * {@return the class with the greatest output, the first of equals}
     *
     * @param picture from 0
     * @throws IndexOutOfBoundsException if there is no such picture
     * @throws IllegalStateException if the targets are no classes, or there are several outputs
     */
    public int classOf(int picture) {
        checkKind("classOf", TargetKind.CLASSES);
        return Accuracy.argmax(row(picture));
    }

    /**
     * {@return that class' name, or its number where the model has no names}
     *
     * @param picture from 0
     * @throws IndexOutOfBoundsException if there is no such picture
     * @throws IllegalStateException if the targets are no classes, or there are several outputs
     */
    public String classNameOf(int picture) {
        return targets().name(classOf(picture));
    }

    /**
     * {@return the names of the labels given to a picture, in their order}
     *
     * @param picture from 0
     * @param threshold the probability above which a label is given, see {@link #probabilities}: mostly 0.5
     * @throws IndexOutOfBoundsException if there is no such picture
     * @throws IllegalArgumentException if the threshold is not between 0 and 1
     * @throws IllegalStateException if the targets are no labels, or there are several outputs
     */
    public List<String> labelsOf(int picture, double threshold) {
        checkKind("labelsOf", TargetKind.MULTI_LABEL);
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("a threshold is a probability from 0 to 1, got " + threshold);
        }
        float[] row = probabilities(row(picture), TargetKind.MULTI_LABEL);
        return IntStream.range(0, row.length)
                .filter(i -> row[i] > threshold)
                .mapToObj(targets()::name)
                .toList();
    }

    /**
     * {@return the greatest outputs first, those that are equal in the network's order; of a regression all of them, in
     * that order}
     *
     * @param picture from 0
     * @param count how many are told at most, at least 1; of a regression it says nothing
     * @throws IndexOutOfBoundsException if there is no such picture
     * @throws IllegalArgumentException if the count is below 1
     * @throws IllegalStateException if there are several outputs
     */
    public List<NamedOutput> ranked(int picture, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("expected a count of at least 1, got " + count);
        }
        float[] row = row(picture);
        Stream<NamedOutput> all = IntStream.range(0, row.length)
                .mapToObj(i -> new NamedOutput(targets().name(i), row[i]));
        return targets().kind() == TargetKind.REGRESSION
                ? all.toList()
                : all.sorted(Comparator.comparing((NamedOutput output) -> -output.number()))
                        .limit(count)
                        .toList();
    }

    /**
     * {@return the number of an output by its name}
     *
     * @param picture from 0
     * @param name one of {@link TargetSpec#names}
     * @throws IndexOutOfBoundsException if there is no such picture
     * @throws IllegalArgumentException if no output has the name
     */
    public float valueOf(int picture, String name) {
        int output = targets().names().indexOf(name);
        if (output < 0) {
            throw new IllegalArgumentException("no output is called \"" + name + "\", expected one of "
                    + targets().names());
        }
        return row(picture)[output];
    }
}
