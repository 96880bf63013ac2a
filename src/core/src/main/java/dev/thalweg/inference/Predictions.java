package dev.thalweg.inference;

import dev.thalweg.data.TargetSpec;
import dev.thalweg.metric.Accuracy;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model says of pictures.
 *
 * @param outputs a row for each picture: probabilities where the model ends in a softmax or a sigmoid; whoever changes
 *            a row changes what this says of that picture, and nothing else
 * @param targets what the columns stand for
 */
public record Predictions(List<float[]> outputs, TargetSpec targets) {
    /** Copies the list and the rows. */
    public Predictions {
        outputs = outputs.stream().map(float[]::clone).toList();
    }

    /**
     * {@return the class with the greatest output, the first of equals}
     *
     * @param picture from 0
     */
    public int classOf(int picture) {
        return Accuracy.argmax(outputs.get(picture));
    }

    /**
     * {@return that class' name, or its number where the model has no names}
     *
     * @param picture from 0
     */
    public String classNameOf(int picture) {
        return targets.name(classOf(picture));
    }

    /**
     * {@return the names of the labels given to a picture, in their order}
     *
     * @param picture from 0
     * @param threshold the output above which a label is given: 0.5 for probabilities, 0 for logits
     */
    public List<String> labelsOf(int picture, double threshold) {
        float[] row = outputs.get(picture);
        return IntStream.range(0, row.length)
                .filter(i -> row[i] > threshold)
                .mapToObj(targets::name)
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
        int output = targets.names().indexOf(name);
        if (output < 0) {
            throw new IllegalArgumentException(
                    "no output is called \"" + name + "\", expected one of " + targets.names());
        }
        return outputs.get(picture)[output];
    }
}
