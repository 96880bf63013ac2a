package dev.thalweg.data;

import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.PrintableText;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Pictures of one size with a label each, as unsigned bytes {@code [N, C, H, W]}: off the heap, or read each time
 * they are needed. Parts of a data set share its pictures; they are freed when it and all its parts are closed.
 */
public final class ImageDataset implements AutoCloseable {
    private final PictureStore store;
    /** Where these pictures stand among the store's. */
    private final int[] places;

    private final int[] labels;
    private final List<String> classNames;
    private final Provenance provenance;
    private String fingerprint;
    private boolean closed;

    private ImageDataset(
            PictureStore store, int[] places, int[] labels, List<String> classNames, Provenance provenance) {
        this.store = store;
        this.places = places;
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
        this.provenance = provenance;
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
     * @param writer gives the pictures, in their order, on the calling thread
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, a label is out of
     *         range, or a class name is not printable
     * @throws dev.thalweg.tensor.MemoryLimitException if the pictures are more than this process may hold off the heap
     */
    public static ImageDataset of(
            String name, Shape imageShape, List<String> classNames, int[] labels, PixelWriter writer) {
        return held(name, imageShape, classNames, labels, pixels -> {
            for (int i = 0; i < labels.length; i++) {
                writer.write(i, pixels.apply(i));
            }
        });
    }

    /**
     * Makes a data set whose pictures are written on all processors at once.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param classNames what the labels stand for
     * @param labels one for each picture, from 0 to below the number of classes
     * @param writer gives the pictures; called by several threads, in any order
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, or a label is out of
     *         range
     * @throws IllegalStateException if the thread is interrupted
     */
    static ImageDataset parallel(
            String name, Shape imageShape, List<String> classNames, int[] labels, PixelWriter writer) {
        return held(
                name,
                imageShape,
                classNames,
                labels,
                pixels -> AllProcessors.forEach(labels.length, i -> writer.write(i, pixels.apply(i))));
    }

    /** Makes room, and lets it be filled. */
    private static ImageDataset held(
            String name,
            Shape imageShape,
            List<String> classNames,
            int[] labels,
            Consumer<IntFunction<MemorySegment>> filler) {
        check(name, imageShape, classNames, labels);
        try (Scope filling = new Scope()) {
            MemoryOwner owner = filling.own(MemoryOwner.named("data set " + name));
            long size = imageShape.elements();
            MemorySegment pixels =
                    owner.allocate(imageShape.batched(labels.length).elements());
            filler.accept(i -> pixels.asSlice(i * size, size));
            filling.handOver();
            return new ImageDataset(
                    PictureStore.held(owner, pixels, imageShape),
                    Orders.own(labels.length),
                    labels.clone(),
                    classNames,
                    Provenance.UNKNOWN);
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
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, a label is out of
     *         range, or a class name is not printable
     */
    public static ImageDataset streamed(
            String name, Shape imageShape, List<String> classNames, int[] labels, PixelWriter source) {
        return streamed(name, imageShape, classNames, labels, List.of(), source);
    }

    /**
     * Makes a data set that does not fit memory, of pictures that are known by something else than their bytes.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param classNames what the labels stand for
     * @param labels one for each picture, from 0 to below the number of classes
     * @param identities for each picture what tells it from others, its file's name and size for instance; empty if
     *         nothing does
     * @param source gives the pictures; called by several threads
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, a label is out of
     *         range, a class name is not printable, or there are fewer or more identities than pictures
     */
    public static ImageDataset streamed(
            String name,
            Shape imageShape,
            List<String> classNames,
            int[] labels,
            List<String> identities,
            PixelWriter source) {
        check(name, imageShape, classNames, labels);
        if (!identities.isEmpty() && identities.size() != labels.length) {
            throw new IllegalArgumentException("data set " + name + ": expected an identity for each of "
                    + labels.length + " pictures, got " + identities.size());
        }
        return new ImageDataset(
                PictureStore.streamed("data set " + name, imageShape, source, identities),
                Orders.own(labels.length),
                labels.clone(),
                classNames,
                Provenance.UNKNOWN);
    }

    private static void check(String name, Shape imageShape, List<String> classNames, int[] labels) {
        if (imageShape.rank() != 3) {
            throw new IllegalArgumentException("data set " + name + ": pictures must be [C, H, W], got " + imageShape);
        }
        if (labels.length == 0) {
            throw new IllegalArgumentException("data set " + name + " has no picture");
        }
        classNames.stream()
                .filter(c -> !PrintableText.isPrintable(c))
                .findFirst()
                .ifPresent(c -> {
                    throw new IllegalArgumentException(
                            "data set " + name + ": class names must be printable, got " + PrintableText.excerpt(c));
                });
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException("data set " + name + ": picture " + i + " has label " + labels[i]
                        + ", expected 0 to " + (classNames.size() - 1));
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
        return store.shape();
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
     * {@return how many pictures there are of each class, in the order of {@link #classNames}}
     */
    public int[] counts() {
        int[] counts = new int[classNames.size()];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /**
     * {@return where these pictures come from}
     */
    public Provenance provenance() {
        return provenance;
    }

    /**
     * {@return a picture's bytes, {@code [C, H, W]}}
     *
     * @param index which picture
     */
    public MemorySegment pixels(int index) {
        checkOpen();
        return store.pixels(places[index]);
    }

    /** {@return whether the pictures lie in memory; else they are read each time they are needed} */
    boolean isHeld() {
        return store.isHeld();
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the " + store.name() + " is closed");
        }
    }

    /**
     * {@return what tells these pictures from others: SHA-256, as 64 hexadecimal digits, of class names, labels, shape
     * and all bytes; of pictures read when they are needed, their identities take the place of the bytes}
     *
     * @throws IllegalStateException if this data set was closed before it was asked for the first time
     */
    public synchronized String fingerprint() {
        if (fingerprint == null) {
            MessageDigest digest = Digests.sha256();
            classNames.forEach(name -> Digests.update(digest, name));
            Digests.update(digest, imageShape().toString());
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, labels.length));
            bytes.asIntBuffer().put(labels);
            digest.update(bytes);
            for (int i = 0; i < size(); i++) {
                if (store.isHeld()) {
                    digest.update(pixels(i).asByteBuffer());
                } else {
                    Digests.update(digest, store.identity(places[i]));
                }
            }
            fingerprint = HexFormat.of().formatHex(digest.digest());
        }
        return fingerprint;
    }

    /**
     * Takes a range of the pictures.
     *
     * @param from the first
     * @param to one past the last
     * @return a part of this data set, to be closed on its own
     */
    public ImageDataset slice(int from, int to) {
        return select(IntStream.range(from, to).toArray());
    }

    /**
     * Takes chosen pictures.
     *
     * @param indices which, in the order wanted
     * @return a part of this data set, to be closed on its own
     * @throws IllegalArgumentException if none is chosen
     */
    public ImageDataset select(int... indices) {
        return part(indices, provenance);
    }

    /** Takes chosen pictures, of which is known where they come from. */
    ImageDataset part(int[] indices, Provenance known) {
        int[] labelsOfPart = Arrays.stream(indices).map(i -> labels[i]).toArray();
        check(store.name(), imageShape(), classNames, labelsOfPart);
        return shared(Arrays.stream(indices).map(i -> places[i]).toArray(), labelsOfPart, classNames, known);
    }

    /**
     * Takes all pictures with labels that stand for other classes, for instance those that a model knows.
     *
     * @param names of the classes, those of this data set among them
     * @return the same pictures, to be closed on their own
     * @throws IllegalArgumentException if a class of this data set is not among them
     */
    public ImageDataset withClasses(List<String> names) {
        List<String> unknown =
                classNames.stream().filter(name -> !names.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected pictures of the classes " + names + ", got some of " + unknown);
        }
        int[] labelOf = classNames.stream().mapToInt(names::indexOf).toArray();
        return shared(places, Arrays.stream(labels).map(label -> labelOf[label]).toArray(), names, provenance);
    }

    private synchronized ImageDataset shared(
            int[] placesOfPart, int[] labelsOfPart, List<String> names, Provenance from) {
        checkOpen();
        return new ImageDataset(store.share(), placesOfPart, labelsOfPart, names, from);
    }

    /**
     * Parts the pictures at random in two, with the same share of each class in both.
     *
     * @param share of each class' pictures in the second part, above 0 and below 1; at least one picture of a class
     *        stays in the first part
     * @param seed the same seed parts them in the same way
     * @return the larger part to learn from and the other to validate with, each to be closed on its own
     * @throws IllegalArgumentException if the share is out of range, or no class has pictures enough for the second
     *         part
     */
    public DataSplit stratifiedSplit(double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("stratified split: expected a share above 0 and below 1, got " + share);
        }
        int[] order = Orders.shuffled(labels.length, new SplittableRandom(seed));
        int[] wanted = Arrays.stream(counts())
                .map(count -> (int) Math.min(count - 1, Math.round(count * share)))
                .toArray();
        int[] second = Arrays.stream(order)
                .filter(i -> wanted[labels[i]]-- > 0)
                .sorted()
                .toArray();
        int[] first = IntStream.range(0, labels.length)
                .filter(i -> Arrays.binarySearch(second, i) < 0)
                .toArray();
        if (second.length == 0) {
            throw new IllegalArgumentException(
                    "stratified split: a share of " + share + " is not one picture of any class of " + this);
        }
        try (Scope parting = new Scope()) {
            DataSplit split = new DataSplit(parting.own(select(first)), parting.own(select(second)));
            parting.handOver();
            return split;
        }
    }

    /** Lets go of the pictures; closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            store.close();
        }
    }

    @Override
    public String toString() {
        return size() + " pictures " + imageShape() + " of " + classNames.size() + " classes";
    }
}
