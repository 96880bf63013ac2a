package dev.thalweg.cli;

import dev.thalweg.train.Fit;
import dev.thalweg.train.ProgressiveResizing;
import java.util.Optional;

/**
 * How a training goes, whatever its pictures are: what the options say of it.
 *
 * @param epochs how often all pictures are seen
 * @param batch how many pictures make a step
 * @param keep how many checkpoints stay
 * @param seed of everything random
 * @param what is trained
 * @param optimizer by which rule
 * @param rates how fast
 * @param augment how pictures are changed
 * @param firstScale how large pictures are seen in the first epoch; empty for always as they are
 * @param views how the model looks at pictures in the end
 * @param teacher from which model it learns besides
 * @param judge by what epochs are judged
 */
record TrainingRecipe(
        int epochs,
        BatchSizeOption batch,
        int keep,
        long seed,
        ModelOptions what,
        OptimizerOptions optimizer,
        RateOptions rates,
        AugmentOption augment,
        Optional<Double> firstScale,
        ViewsOption views,
        TeacherOptions teacher,
        JudgeOptions judge) {
    Fit fit() {
        Fit fit = Fit.epochs(epochs).batchSize(batch.size()).seed(seed);
        return firstScale
                .map(scale -> fit.resizing(new ProgressiveResizing(epochs, scale)))
                .orElse(fit);
    }

    /** How many steps a training on so many pictures takes. */
    long steps(int pictures) {
        return epochs * batch.batches(pictures);
    }

    /** Whether what is tested and saved are averages of the weights. */
    boolean averages() {
        return rates.averages() || optimizer.averages();
    }
}
