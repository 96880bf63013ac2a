package dev.thalweg.inference;

import dev.thalweg.metric.Accuracy;
import java.util.List;

/**
 * What a model says of pictures.
 *
 * @param outputs a row for each picture: probabilities where the model ends in a softmax; whoever changes a row
 *            changes what this says of that picture, and nothing else
 * @param classNames what the columns stand for; may be empty
 */
public record Predictions(List<float[]> outputs, List<String> classNames) {
    /** Copies the lists and the rows. */
    public Predictions {
        outputs = outputs.stream().map(float[]::clone).toList();
        classNames = List.copyOf(classNames);
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
        int label = classOf(picture);
        return label < classNames.size() ? classNames.get(label) : Integer.toString(label);
    }
}
