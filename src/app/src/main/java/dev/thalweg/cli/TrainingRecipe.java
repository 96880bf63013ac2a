package dev.thalweg.cli;

import dev.thalweg.train.Fit;
import dev.thalweg.train.ProgressiveResizing;

/**
 * How a training goes, whatever its pictures are: what the options say of it.
 *
 * @param epochs how often all pictures are seen
 * @param keep how many checkpoints stay
 * @param seed of everything random
 * @param learning what is trained, and how it learns
 * @param teacher from which model it learns besides
 * @param judge by what epochs are judged
 */
record TrainingRecipe(
        int epochs, int keep, long seed, LearningOptions learning, TeacherOptions teacher, JudgeOptions judge) {
    Fit fit() {
        Fit fit = Fit.epochs(epochs).batchSize(learning.batch().size()).seed(seed);
        return learning.firstScale()
                .map(scale -> fit.resizing(new ProgressiveResizing(epochs, scale)))
                .orElse(fit);
    }

    /** How many steps a training on so many pictures takes. */
    long steps(int pictures) {
        return epochs * learning.batch().batches(pictures);
    }
}
