package dev.thalweg.train;

import java.util.List;

/**
 * What a model says of pictures.
 *
 * @param outputs a row for each picture: probabilities where the model ends in a softmax
 * @param classNames what the columns stand for; may be empty
 */
public record Predictions(List<float[]> outputs, List<String> classNames) {
    /** Copies the lists. */
    public Predictions {
        outputs = List.copyOf(outputs);
        classNames = List.copyOf(classNames);
    }

    /**
     * {@return the class with the greatest output, the first of equals}
     *
     * @param picture from 0
     */
    public int classOf(int picture) {
        return argmax(outputs.get(picture), 0, outputs.get(picture).length);
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

    /** The place of the greatest of some numbers, counted from the first of them. */
    static int argmax(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[from + i] > values[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
