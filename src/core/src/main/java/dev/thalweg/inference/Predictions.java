package dev.thalweg.inference;

import dev.thalweg.data.TargetSpec;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.tensor.CheckReturnValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a model says of pictures. Of a model with several outputs, {@link #output} tells what one of them says.
 */
public final class Predictions {
    private final Map<String, Predictions> byOutput;
    private final List<float[]> outputs;
    private final TargetSpec targets;

    /**
     * What a single output says.
     *
     * @param outputs a row for each picture, copied
     * @param targets what the columns stand for
     */
    public Predictions(List<float[]> outputs, TargetSpec targets) {
        this.byOutput = Map.of();
        this.outputs = outputs.stream().map(float[]::clone).toList();
        this.targets = targets;
    }

    private Predictions(Map<String, Predictions> byOutput) {
        Predictions first = byOutput.values().iterator().next();
        this.byOutput = Collections.unmodifiableMap(new LinkedHashMap<>(byOutput));
        this.outputs = first.outputs;
        this.targets = first.targets;
    }

    /**
     * What the outputs of a model say; what is asked of a single one needs no name.
     *
     * @param byOutput by their names, at least one
     * @return all of them
     */
    public static Predictions of(Map<String, Predictions> byOutput) {
        return new Predictions(byOutput);
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
     * {@return a row for each picture: probabilities where the model ends in a softmax or a sigmoid; whoever changes a
     * row changes what this says of that picture, and nothing else}
     *
     * @throws IllegalStateException if there are several outputs: ask for one by {@link #output}, as also before all
     *             other questions
     */
    public List<float[]> outputs() {
        checkSingle();
        return outputs;
    }

    /**
     * {@return what the columns stand for}
     */
    public TargetSpec targets() {
        checkSingle();
        return targets;
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
     */
    public int classOf(int picture) {
        return Accuracy.argmax(outputs().get(picture));
    }

    /**
     * {@return that class' name, or its number where the model has no names}
     *
     * @param picture from 0
     */
    public String classNameOf(int picture) {
        return targets().name(classOf(picture));
    }

    /**
     * {@return the names of the labels given to a picture, in their order}
     *
     * @param picture from 0
     * @param threshold the output above which a label is given: 0.5 for probabilities, 0 for logits
     */
    public List<String> labelsOf(int picture, double threshold) {
        float[] row = outputs().get(picture);
        return IntStream.range(0, row.length)
                .filter(i -> row[i] > threshold)
                .mapToObj(targets()::name)
                .toList();
    }

    /**
     * {@return the number of an output by its name}
     *
     * @param picture from 0
     * @param name one of {@link TargetSpec#names}
     * @throws IllegalArgumentException if no output has the name
     */
    public float valueOf(int picture, String name) {
        int output = targets().names().indexOf(name);
        if (output < 0) {
            throw new IllegalArgumentException("no output is called \"" + name + "\", expected one of "
                    + targets().names());
        }
        return outputs().get(picture)[output];
    }
}
