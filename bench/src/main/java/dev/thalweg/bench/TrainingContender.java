package dev.thalweg.bench;

/** A library that trains too. */
public interface TrainingContender extends Contender {
    /**
     * A step of SGD with momentum: forward, cross-entropy, backward, update. Returns when it is done.
     *
     * @return the loss before the update
     */
    float train();

    /**
     * {@return how many numbers training moves}
     */
    long parameters();
}
