package dev.thalweg.data;

import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A folder of pictures, one sub-folder a class: {@code class-name/picture.png}, also in folders within it. What is a
 * picture, its content says, not its name; hidden files do not count.
 *
 * <p>Where the folder has sub-folders {@code train} and {@code test}, or {@code train} and {@code val}, {@code valid}
 * or {@code validation}, or all three, those hold the classes, the same ones each. Where it has none for the test, a
 * fifth of each class' training pictures is kept for it; a class of one picture is trained on.
 *
 * <p>Where a table tells targets ({@link #targets(FileTargets)}), classes, several labels, or numbers, the files that
 * it names are the pictures, and sub-folders are no classes: those named {@code train/...}, {@code val/...} or
 * {@code test/...} are for that, if it names some of {@code train} and of another.
 *
 * <p>The folder may be packed as {@code .zip} or {@code .tar}, where {@code dev.thalweg:thalweg-pictures} is present:
 * its pictures, and how they are parted, are those of the folder unpacked. Nothing is unpacked to disk; a folder packed
 * by its own name, which holds folders, counts as that folder. WebDataset shards, {@code .tar} with {@code 1.jpg} and
 * {@code 1.cls}, count as a folder with a sub-folder for each class: one shard, a directory of them, or a range as in
 * <code>shards/{000..012}.tar</code>.
 *
 * <p>Parquet files of the form that Hugging Face's data sets have count as such a folder too, where {@code
 * dev.thalweg:thalweg-parquet} is present: one, a directory of them, or a range. Pictures that lie compressed in them
 * are written to a temporary file.
 *
 * <p>Reading looks at the headers of all pictures first. Files that are no pictures are left out; pictures that cannot
 * be read are an error that lists them all, or are skipped. {@link DataSplit#reading} says which.
 *
 * @param folder holds the classes, or the parts; or a file in which it is packed
 * @param imageShape to what size pictures are brought, {@code [C, H, W]} with 1 or 3 channels; empty for as many
 *         channels as wanted and the size that all pictures have, if it is one of at most 256 each way, else 224×224
 * @param channels 3 for red, green and blue, 1 for grey; not looked at where there is a shape
 * @param resize how pictures come to their size
 * @param seed by which pictures for the test and to validate with are drawn
 * @param validation which share of each class' training pictures is set aside to validate with, from 0 to below 1;
 *         where the folder has a part for it, that is taken
 * @param classNames the classes in the order of their labels, for instance those that a model knows; empty for all
 *         there are, in the order of their names
 * @param streamed whether pictures are decoded each time they are needed: for more of them than memory holds
 * @param skipsBad whether pictures that cannot be read are skipped; where they are streamed, all are decoded once to
 *         find them
 * @param targets of the pictures, and which files these are; empty where sub-folders are the classes
 */
public record ImageFolder(
        Path folder,
        Optional<Shape> imageShape,
        int channels,
        Resize resize,
        long seed,
        double validation,
        List<String> classNames,
        boolean streamed,
        boolean skipsBad,
        Optional<FileTargets> targets) {
    /** Which share of a folder's pictures is kept for the test where it has no part for it. */
    public static final double TEST_SHARE = 0.2;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if there are other than 1 or 3 channels, the shape is not {@code [C, H, W]}
     *         with as many, or {@code validation} is not from 0 to below 1
     */
    public ImageFolder {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(resize, "resize");
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("pictures have 1 or 3 channels, got " + channels);
        }
        imageShape.filter(shape -> !isOfPictures(shape)).ifPresent(shape -> {
            throw new IllegalArgumentException(
                    "expected a shape [C, H, W] with 1 or 3 channels for the pictures of a folder, got " + shape);
        });
        Partition.checkShare("validation", validation);
        classNames = List.copyOf(classNames);
        TargetRows.checkDistinct("class", classNames);
        if (targets.isPresent() && !classNames.isEmpty()) {
            throw new IllegalArgumentException(
                    "the pictures of a folder have the classes of its sub-folders or the targets of a table, got both");
        }
    }

    private static boolean isOfPictures(Shape shape) {
        return shape.rank() == 3 && (shape.dim(0) == 1 || shape.dim(0) == 3);
    }

    /**
     * Begins with colours, cut to a size that fits, seed 42, no pictures to validate with and none skipped.
     *
     * @param folder holds the classes, or the parts
     * @return how it is read
     */
    public static ImageFolder of(Path folder) {
        return new ImageFolder(
                folder, Optional.empty(), 3, Resize.CROP, 42, 0, List.of(), false, false, Optional.empty());
    }

    /**
     * {@return this with pictures of a size}
     *
     * @param wanted {@code [C, H, W]} with 1 or 3 channels
     */
    @CheckReturnValue
    public ImageFolder imageShape(Shape wanted) {
        return new ImageFolder(
                folder,
                Optional.of(wanted),
                channels,
                resize,
                seed,
                validation,
                classNames,
                streamed,
                skipsBad,
                targets);
    }

    /**
     * {@return this with pictures in colour or grey, where their size is the one that fits}
     *
     * @param wanted 1 or 3
     */
    @CheckReturnValue
    public ImageFolder channels(int wanted) {
        return new ImageFolder(
                folder, imageShape, wanted, resize, seed, validation, classNames, streamed, skipsBad, targets);
    }

    /**
     * {@return this with another way to bring pictures to their size}
     *
     * @param how for instance {@link Resize#PAD}
     */
    @CheckReturnValue
    public ImageFolder resize(Resize how) {
        return new ImageFolder(
                folder, imageShape, channels, how, seed, validation, classNames, streamed, skipsBad, targets);
    }

    /**
     * {@return this with another seed}
     *
     * @param number the same seed parts the same pictures in the same way
     */
    @CheckReturnValue
    public ImageFolder seed(long number) {
        return new ImageFolder(
                folder, imageShape, channels, resize, number, validation, classNames, streamed, skipsBad, targets);
    }

    /**
     * {@return this with pictures set aside to validate with}
     *
     * @param share of each class' training pictures, from 0 to below 1
     */
    @CheckReturnValue
    public ImageFolder validation(double share) {
        return new ImageFolder(
                folder, imageShape, channels, resize, seed, share, classNames, streamed, skipsBad, targets);
    }

    /**
     * {@return this with labels of given classes}
     *
     * @param names in the order of their labels; the folder may lack some
     */
    @CheckReturnValue
    public ImageFolder classNames(List<String> names) {
        return new ImageFolder(
                folder, imageShape, channels, resize, seed, validation, names, streamed, skipsBad, targets);
    }

    /**
     * {@return this with targets that a table tells, for the files that it names}
     *
     * @param table whose files are looked for in the folder
     */
    @CheckReturnValue
    public ImageFolder targets(FileTargets table) {
        return new ImageFolder(
                folder,
                imageShape,
                channels,
                resize,
                seed,
                validation,
                classNames,
                streamed,
                skipsBad,
                Optional.of(table));
    }

    /**
     * {@return this with pictures decoded each time they are needed, or once}
     *
     * @param on whether each time
     */
    @CheckReturnValue
    public ImageFolder streamed(boolean on) {
        return new ImageFolder(
                folder, imageShape, channels, resize, seed, validation, classNames, on, skipsBad, targets);
    }

    /**
     * {@return this without the pictures that cannot be read, or with an error where there are some}
     *
     * @param on whether they are skipped
     */
    @CheckReturnValue
    public ImageFolder skipsBad(boolean on) {
        return new ImageFolder(
                folder, imageShape, channels, resize, seed, validation, classNames, streamed, on, targets);
    }

    /**
     * Reads the pictures to train with, to validate with if some are wanted or the folder has some, and to test with.
     *
     * @return the parts
     * @throws IOException if the folder cannot be read
     * @throws BadFileException if it has no classes or pictures, a class is missing in a part or is not among those
     *         given, or pictures cannot be read and are not skipped; where they are streamed, one whose header is sound
     *         may be found damaged only when it is needed
     */
    public DataSplit read() throws IOException {
        return new FolderReading(this).split();
    }

    /**
     * Reads the pictures to cross-validate with: all, but where there are parts to validate or to test with, those to
     * train with. Every fold is validated with the part for that; the one for the test is not read.
     *
     * @param k how many folds, from 2 to as many as there are pictures
     * @return the folds, as the seed parts them
     * @throws IOException if the folder cannot be read
     * @throws BadFileException as {@link #read} does
     * @throws IllegalArgumentException if k is out of range
     */
    public Folds readFolds(int k) throws IOException {
        return new FolderReading(this).folds(k);
    }

    /**
     * {@return whether there is a part to validate with, which is taken whatever share is wanted; no picture is read}
     *
     * @throws IOException if the folder cannot be read
     */
    public boolean hasValidation() throws IOException {
        return FolderListing.of(this).parts().contains(Part.VALIDATION);
    }

    /**
     * Reads what a model is to be tested on: of the very folder it was trained on, the pictures kept for the test,
     * whatever the seed is now; of another one, all pictures.
     *
     * @param trained where the pictures come from that the model was trained on
     * @return the pictures
     * @throws IOException if the folder cannot be read
     * @throws BadFileException as {@link #read} does
     */
    public TestPictures readTest(Provenance trained) throws IOException {
        return new FolderReading(this).test(trained);
    }
}
