package dev.thalweg.data;

import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Pictures of one size with a label each, as unsigned bytes {@code [N, C, H, W]}: off the heap, or read each time
 * they are needed. Close it to free them.
 */
public final class ImageDataset implements AutoCloseable {
    private final MemoryOwner owner;
    /** Null where pictures are read when they are needed. */
    private final MemorySegment pixels;
    private final PixelWriter source;
    private final int[] labels;
    private final Shape imageShape;
    private final List<String> classNames;

    private ImageDataset(MemoryOwner owner, MemorySegment pixels, PixelWriter source, int[] labels, Shape imageShape, List<String> classNames) {
        this.owner = owner;
        this.pixels = pixels;
        this.source = source;
        this.labels = labels;
        this.imageShape = imageShape;
        this.classNames = classNames;
    }

    /** Writes one picture. */
    @FunctionalInterface
    public interface PixelWriter {
        /**
         * Writes a picture's bytes.
         *
         * @param index which picture, from 0
         * @param pixels receives {@code [C, H, W]}
         */
        void write(int index, MemorySegment pixels);
    }

    /**
     * Makes a data set.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param classNames what the labels stand for
     * @param labels one for each picture, from 0 to below the number of classes
     * @param writer gives the pictures
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, or a label is out of range
     */
    public static ImageDataset of(String name, Shape imageShape, List<String> classNames, int[] labels, PixelWriter writer) {
        check(name, imageShape, classNames, labels);
        MemoryOwner owner = MemoryOwner.named("data set " + name);
        try {
            long size = imageShape.elements();
            MemorySegment pixels = owner.allocate(size * labels.length);
            for (int i = 0; i < labels.length; i++) {
                writer.write(i, pixels.asSlice(i * size, size));
            }
            return new ImageDataset(owner, pixels, null, labels.clone(), imageShape, List.copyOf(classNames));
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /**
     * Makes a data set that does not fit memory: a picture's bytes are asked for each time the picture is needed.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param classNames what the labels stand for
     * @param labels one for each picture, from 0 to below the number of classes
     * @param source gives the pictures; called by several threads
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, or a label is out of range
     */
    public static ImageDataset streamed(String name, Shape imageShape, List<String> classNames, int[] labels, PixelWriter source) {
        check(name, imageShape, classNames, labels);
        return new ImageDataset(MemoryOwner.named("data set " + name), null, source, labels.clone(), imageShape, List.copyOf(classNames));
    }

    private static void check(String name, Shape imageShape, List<String> classNames, int[] labels) {
        if (imageShape.rank() != 3) {
            throw new IllegalArgumentException("data set " + name + ": pictures must be [C, H, W], got " + imageShape);
        }
        if (labels.length == 0) {
            throw new IllegalArgumentException("data set " + name + " has no picture");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException("data set " + name + ": picture " + i + " has label " + labels[i] + ", expected 0 to "
                        + (classNames.size() - 1));
            }
        }
    }

    /**
     * {@return the number of pictures}
     */
    public int size() {
        return labels.length;
    }

    /**
     * {@return the shape of one picture, {@code [C, H, W]}}
     */
    public Shape imageShape() {
        return imageShape;
    }

    /**
     * {@return what the labels stand for}
     */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * {@return a picture's class, from 0}
     *
     * @param index which picture
     */
    public int label(int index) {
        return labels[index];
    }

    /**
     * {@return a picture's bytes, {@code [C, H, W]}}
     *
     * @param index which picture
     */
    public MemorySegment pixels(int index) {
        if (pixels != null) {
            return pixels.asSlice(index * imageShape.elements(), imageShape.elements()).asReadOnly();
        }
        if (owner.isClosed()) {
            throw new IllegalStateException("the " + owner.name() + " is closed");
        }
        MemorySegment read = MemorySegment.ofArray(new byte[Math.toIntExact(imageShape.elements())]);
        source.write(index, read);
        return read.asReadOnly();
    }

    /**
     * Copies a range of the pictures.
     *
     * @param from the first
     * @param to one past the last
     * @return a data set of its own, to be closed
     */
    public ImageDataset slice(int from, int to) {
        int[] some = Arrays.copyOfRange(labels, from, to);
        return of(owner.name(), imageShape, classNames, some, (i, target) -> target.copyFrom(pixels(from + i)));
    }

    /**
     * Copies chosen pictures.
     *
     * @param indices which, in the order wanted
     * @return a data set of its own, to be closed
     */
    public ImageDataset select(int... indices) {
        int[] some = Arrays.stream(indices).map(i -> labels[i]).toArray();
        return of(owner.name(), imageShape, classNames, some, (i, target) -> target.copyFrom(pixels(indices[i])));
    }

    /**
     * Parts the pictures at random in two, with the same share of each class in both.
     *
     * @param share of each class' pictures in the second part, above 0 and below 1; at least one picture of a class stays in
     *        the first part
     * @param seed the same seed parts them in the same way
     * @return the larger part to learn from and the other to validate with, two data sets of their own
     */
    public DataSplit stratifiedSplit(double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("stratified split: expected a share above 0 and below 1, got " + share);
        }
        int[] order = Orders.shuffled(labels.length, new SplittableRandom(seed));
        int[] left = new int[classNames.size()];
        for (int label : labels) {
            left[label]++;
        }
        int[] wanted = Arrays.stream(left).map(count -> (int) Math.min(count - 1, Math.round(count * share))).toArray();
        int[] second = Arrays.stream(order).filter(i -> wanted[labels[i]]-- > 0).sorted().toArray();
        int[] first = IntStream.range(0, labels.length).filter(i -> Arrays.binarySearch(second, i) < 0).toArray();
        return new DataSplit(select(first), select(second));
    }

    @Override
    public void close() {
        owner.close();
    }

    @Override
    public String toString() {
        return size() + " pictures " + imageShape + " of " + classNames.size() + " classes";
    }
}
