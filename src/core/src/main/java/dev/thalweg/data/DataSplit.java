package dev.thalweg.data;

import dev.thalweg.tensor.Scope;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Pictures to learn from, to choose by, and to be tested on.
 *
 * @param train to learn from
 * @param validation not to be learnt from, but to be looked at while it is learnt: when to stop, which weights to keep
 * @param test neither to be learnt from nor to be looked at before the end
 * @param reading what was noticed when they were read
 */
public record DataSplit(ImageDataset train, Optional<ImageDataset> validation, ImageDataset test, Reading reading)
        implements AutoCloseable {
    /**
     * Puts two parts together.
     *
     * @param train to learn from
     * @param test to be tested on
     */
    public DataSplit(ImageDataset train, ImageDataset test) {
        this(train, Optional.empty(), test, Reading.NOTHING);
    }

    /**
     * Sets aside pictures to validate with, a share of each class' training pictures. The test pictures stay as they
     * are. Where there is a part to validate with, nothing changes.
     *
     * @param share of the training pictures, above 0 and below 1
     * @param seed the same seed sets the same ones aside
     * @return the three parts, in place of these two: this need not be closed then
     * @throws IllegalArgumentException if the share is out of range, or not one picture of any class
     */
    public DataSplit withValidation(double share, long seed) {
        if (validation.isPresent()) {
            return this;
        }
        DataSplit parted = train.stratifiedSplit(share, seed);
        train.close();
        return new DataSplit(parted.train(), Optional.of(parted.test()), test, reading);
    }

    /**
     * {@return the parts there are, in the order train, validation, test}
     */
    public List<ImageDataset> parts() {
        return Stream.of(Optional.of(train), validation, Optional.of(test))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Frees all parts. */
    @Override
    public void close() {
        try (Scope parts = new Scope()) {
            parts().forEach(parts::own);
        }
    }
}
