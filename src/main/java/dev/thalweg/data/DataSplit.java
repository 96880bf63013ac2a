package dev.thalweg.data;

/**
 * Pictures to learn from and pictures to be tested on.
 *
 * @param train to learn from
 * @param test not to be learnt from
 */
public record DataSplit(ImageDataset train, ImageDataset test) implements AutoCloseable {
    /** Frees both. */
    @Override
    public void close() {
        train.close();
        test.close();
    }
}
