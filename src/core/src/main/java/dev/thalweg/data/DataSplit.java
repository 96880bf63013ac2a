package dev.thalweg.data;

import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.CheckReturnValue;
import java.util.List;
import java.util.Objects;
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
    /** Refuses null. */
    public DataSplit {
        Objects.requireNonNull(reading, "reading");
        Objects.requireNonNull(test, "test");
        Objects.requireNonNull(train, "train");
        Objects.requireNonNull(validation, "validation");
    }

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
     * Parts pictures at random in two, with the same share of each class in both.
     *
     * @param data the pictures; where they do not belong to one class each, the share of all is drawn
     * @param share of each class' pictures in the second part, above 0 and below 1; at least one picture of a class
     *        stays in the first part
     * @param seed the same seed parts them in the same way
     * @return views: the larger part to learn from and the other to test with
     * @throws IllegalArgumentException if the share is out of range, or no class has pictures enough for the second
     *         part
     */
    public static DataSplit of(ImageDataset data, double share, long seed) {
        return without(data, Stratification.draw(data.targets(), share, seed));
    }

    /**
     * Parts pictures at random for k-fold cross-validation: each is in one fold, folds have the same size but for one
     * picture, and the same number of pictures of each class but for one.
     *
     * @param data the pictures
     * @param k how many folds, from 2 to as many as there are pictures
     * @param seed the same seed parts them in the same way
     * @return for each fold, views: of all other folds, to learn from, and of it, to test with
     * @throws IllegalArgumentException if k is out of range
     */
    public static List<DataSplit> kFold(ImageDataset data, int k, long seed) {
        return Stratification.folds(data.targets(), k, seed).stream()
                .map(fold -> without(data, fold))
                .toList();
    }

    private static DataSplit without(ImageDataset data, int... tested) {
        return new DataSplit(data.select(Stratification.others(data.size(), tested)), data.select(tested));
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
    @CheckReturnValue
    public DataSplit withValidation(double share, long seed) {
        if (validation.isPresent()) {
            return this;
        }
        DataSplit parted = of(train, share, seed);
        try (Scope opening = new Scope()) {
            ImageDataset larger = opening.own(parted.train().share());
            DataSplit three =
                    new DataSplit(larger, Optional.of(opening.own(parted.test().share())), test, reading);
            train.close();
            opening.handOver();
            return three;
        }
    }

    /**
     * {@return the parts there are, in the order train, validation, test}
     */
    public List<ImageDataset> parts() {
        return Stream.of(Optional.of(train), validation, Optional.of(test))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Closes all parts; those that are views free nothing. */
    @Override
    public void close() {
        try (Scope parts = new Scope()) {
            parts().forEach(parts::own);
        }
    }
}
