package dev.thalweg.train;

/**
 * How a model does on pictures.
 *
 * @param loss mean over the pictures
 * @param accuracy share whose greatest output was right, 0 to 1
 */
public record Evaluation(double loss, double accuracy) {
}
