package dev.thalweg.spark;

import dev.thalweg.loss.Outputs;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * How a model does on a part of the pictures.
 *
 * @param pictures how many they are
 * @param means over them: the loss, and the metrics that are measured anyway
 * @param yielded what the model's outputs are
 * @param answers to each; empty where nobody wants them
 */
record TestedPart(int pictures, LinkedHashMap<String, Double> means, Outputs yielded, ArrayList<Answer> answers)
        implements Serializable {
    /** The name of the loss. */
    static final String LOSS = "loss";

    /**
     * What was said of a picture, and what should have been.
     *
     * @param outputs of the model
     * @param targets of the same length
     */
    record Answer(float[] outputs, float[] targets) implements Serializable {}
}
