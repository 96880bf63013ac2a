package dev.thalweg.train;

/** A training whose loss is no longer a number. The weights are of no use; what was saved before is untouched. */
public class TrainingDivergedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainingDivergedException(int epoch, int batch, double loss, float learningRate) {
        super("the loss became " + loss + " in epoch " + epoch + ", batch " + batch + ", at learning rate " + learningRate
                + ": use a lower learning rate, or check the data for values out of range");
    }
}
