package dev.thalweg.data;

import dev.thalweg.memory.Scope;
import dev.thalweg.text.Index;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Pictures parted for k-fold cross-validation, by {@link DataSplit#kFold}: each is in one fold, and is tested on by the
 * one training that does not learn from that fold. Pictures that are kept for another test are not among them.
 */
public final class Folds implements AutoCloseable {
    private final ImageDataset pictures;
    private final Optional<ImageDataset> validation;
    /** Of the files; none where pictures come from no files. */
    private final List<String> names;

    private final Reading reading;
    private final List<int[]> folds;

    private Folds(
            ImageDataset pictures,
            Optional<ImageDataset> validation,
            List<String> names,
            Reading reading,
            List<int[]> folds) {
        this.pictures = pictures;
        this.validation = validation;
        this.names = List.copyOf(names);
        this.reading = reading;
        this.folds = folds;
    }

    /**
     * Parts pictures.
     *
     * @param data the pictures, which this shares
     * @param k how many folds, from 2 to as many as there are pictures
     * @param seed the same seed parts them in the same way
     * @return the folds, to be closed on their own
     * @throws IllegalArgumentException if k is out of range
     */
    public static Folds of(ImageDataset data, int k, long seed) {
        Objects.requireNonNull(data, "data");
        return of(data, Optional.empty(), List.of(), Reading.NOTHING, k, seed);
    }

    /**
     * Parts the pictures of a data set that are there to learn from. Every fold is validated with those there for that;
     * those to test with are left out.
     *
     * @param data whose pictures this shares
     * @param k how many folds, from 2 to as many as there are pictures to learn from
     * @param seed the same seed parts them in the same way
     * @return the folds, to be closed on their own
     * @throws IllegalArgumentException if k is out of range
     */
    public static Folds of(DataSplit data, int k, long seed) {
        Objects.requireNonNull(data, "data");
        return of(data.train(), data.validation(), List.of(), data.reading(), k, seed);
    }

    static Folds of(
            ImageDataset pictures,
            Optional<ImageDataset> validation,
            List<String> names,
            Reading reading,
            int k,
            long seed) {
        List<int[]> folds = Stratification.folds(pictures.targets(), k, seed);
        try (Scope opening = new Scope()) {
            Folds parted = new Folds(
                    opening.own(pictures.share()),
                    validation.map(part -> opening.own(part.share())),
                    names,
                    reading,
                    folds);
            opening.handOver();
            return parted;
        }
    }

    /** {@return how many folds there are} */
    public int count() {
        return folds.size();
    }

    /** {@return all pictures of all folds} */
    public ImageDataset pictures() {
        return pictures;
    }

    /** {@return what was noticed when they were read} */
    public Reading reading() {
        return reading;
    }

    /**
     * {@return which pictures are in a fold, as indices among {@link #pictures}, in their order}
     *
     * @param fold from 0
     * @throws IndexOutOfBoundsException if there is no such fold
     */
    public int[] indices(int fold) {
        return folds.get(Index.checked("fold", fold, folds.size())).clone();
    }

    /**
     * {@return what the file of a picture is called, from the folder on; empty where it comes from no folder}
     *
     * @param picture its index among {@link #pictures}
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public Optional<String> name(int picture) {
        int checked = Index.checked("picture", picture, pictures.size());
        return names.isEmpty() ? Optional.empty() : Optional.of(names.get(checked));
    }

    /**
     * {@return views, which are there until this is closed: of all other folds to learn from, of what there is to
     * validate with, and of this fold to test with}
     *
     * @param fold from 0
     * @throws IndexOutOfBoundsException if there is no such fold
     */
    public DataSplit split(int fold) {
        int[] tested = indices(fold);
        return new DataSplit(
                pictures.select(Stratification.others(pictures.size(), tested)),
                validation.map(part -> part.skip(0)),
                pictures.select(tested),
                reading);
    }

    /** Lets go of the pictures. */
    @Override
    public void close() {
        try (Scope parts = new Scope()) {
            parts.own(pictures);
            validation.ifPresent(parts::own);
        }
    }
}
