package dev.thalweg.report;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Predictions;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.util.stream.IntStream;

/**
 * A part of the pictures that a model did not learn from, with what it says of them.
 *
 * @param name of the part
 * @param pictures of it
 * @param predictions of these, as probabilities where they are no numbers
 */
record AskedPart(String name, ImageDataset pictures, Predictions predictions) {
    /** Roundings of a softmax. */
    private static final double TOLERANCE = 1e-3;

    /** Whether it says how probable each class is: a network may end in something else. */
    boolean hasProbabilities() {
        return pictures.targets().kind() == TargetKind.CLASSES
                && predictions.outputs().stream().allMatch(AskedPart::isDistribution);
    }

    private static boolean isDistribution(float[] row) {
        double sum = IntStream.range(0, row.length).mapToDouble(i -> row[i]).sum();
        return Math.abs(sum - 1) <= TOLERANCE
                && IntStream.range(0, row.length).allMatch(i -> row[i] >= 0 && row[i] <= 1 + TOLERANCE / 100);
    }

    /** What people call a picture. */
    static String name(ImageDataset data, int picture) {
        return data.file(picture).map(PrintableText::printable).orElse("picture " + picture);
    }
}
