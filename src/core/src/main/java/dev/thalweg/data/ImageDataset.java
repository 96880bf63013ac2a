package dev.thalweg.data;

import dev.thalweg.io.Digests;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Pictures of one size with their targets, as unsigned bytes {@code [N, C, H, W]}: off the heap, or read each time
 * they are needed. Parts of a data set share its pictures; they are freed when it and all its parts are closed.
 */
public final class ImageDataset implements AutoCloseable {
    private final PictureStore store;
    /** Where these pictures stand among the store's. */
    private final int[] places;

    private final Targets targets;
    private final Provenance provenance;
    private String fingerprint;
    private boolean closed;

    private ImageDataset(PictureStore store, int[] places, Targets targets, Provenance provenance) {
        this.store = store;
        this.places = places;
        this.targets = targets;
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
        return of(name, imageShape, Targets.ofClasses(classNames, labels), writer);
    }

    /**
     * Makes a data set.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param targets of the pictures
     * @param writer gives the pictures, in their order, on the calling thread
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, or the shape is not {@code [C, H, W]}
     * @throws dev.thalweg.tensor.MemoryLimitException if the pictures are more than this process may hold off the heap
     */
    public static ImageDataset of(String name, Shape imageShape, Targets targets, PixelWriter writer) {
        return held(name, imageShape, targets, pixels -> {
            for (int i = 0; i < targets.size(); i++) {
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
                Targets.ofClasses(classNames, labels),
                pixels -> AllProcessors.forEach(labels.length, i -> writer.write(i, pixels.apply(i))));
    }

    /** Makes room, and lets it be filled. */
    private static ImageDataset held(
            String name, Shape imageShape, Targets targets, Consumer<IntFunction<MemorySegment>> filler) {
        check(name, imageShape, targets);
        try (Scope filling = new Scope()) {
            MemoryOwner owner = filling.own(MemoryOwner.named("data set " + name));
            long size = imageShape.elements();
            MemorySegment pixels =
                    owner.allocate(imageShape.batched(targets.size()).elements());
            filler.accept(i -> pixels.asSlice(i * size, size));
            filling.handOver();
            return new ImageDataset(
                    PictureStore.held(owner, pixels, imageShape),
                    Orders.own(targets.size()),
                    targets,
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
        return streamed(name, imageShape, Targets.ofClasses(classNames, labels), List.of(), source);
    }

    /**
     * Makes a data set that does not fit memory, of pictures that are known by something else than their bytes.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param targets of the pictures
     * @param identities for each picture what tells it from others, its file's name and size for instance; empty if
     *         nothing does
     * @param source gives the pictures; called by several threads
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, or there are fewer
     *         or more identities than pictures
     */
    public static ImageDataset streamed(
            String name, Shape imageShape, Targets targets, List<String> identities, PixelWriter source) {
        check(name, imageShape, targets);
        if (!identities.isEmpty() && identities.size() != targets.size()) {
            throw new IllegalArgumentException("data set " + name + ": expected an identity for each of "
                    + targets.size() + " pictures, got " + identities.size());
        }
        return new ImageDataset(
                PictureStore.streamed("data set " + name, imageShape, source, identities),
                Orders.own(targets.size()),
                targets,
                Provenance.UNKNOWN);
    }

    private static void check(String name, Shape imageShape, Targets targets) {
        if (imageShape.rank() != 3) {
            throw new IllegalArgumentException("data set " + name + ": pictures must be [C, H, W], got " + imageShape);
        }
        if (targets.size() == 0) {
            throw new IllegalArgumentException("data set " + name + " has no picture");
        }
    }

    /**
     * {@return the number of pictures}
     */
    public int size() {
        return targets.size();
    }

    /**
     * {@return the shape of one picture, {@code [C, H, W]}}
     */
    public Shape imageShape() {
        return store.shape();
    }

    /**
     * {@return what a network shall say of these pictures}
     */
    public Targets targets() {
        return targets;
    }

    /** {@return the classes of these pictures} */
    private ClassTargets classes() {
        return targets.classes()
                .orElseThrow(() -> new IllegalStateException(
                        "the " + store.name() + " has no class for each picture, but " + targets + ": ask targets()"));
    }

    /**
     * {@return what the labels stand for, where pictures belong to one class each}
     *
     * @throws IllegalStateException if they do not
     */
    public List<String> classNames() {
        return classes().names();
    }

    /**
     * {@return a picture's class, from 0, where pictures belong to one class each}
     *
     * @param index which picture
     * @throws IllegalStateException if they do not
     */
    public int label(int index) {
        return classes().label(index);
    }

    /**
     * {@return how many pictures there are of each class, in the order of {@link #classNames}}
     *
     * @throws IllegalStateException if pictures do not belong to one class each
     */
    public int[] counts() {
        return classes().counts();
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
            targets.names().forEach(name -> Digests.update(digest, name));
            Digests.update(digest, imageShape().toString());
            TargetDigests.update(digest, targets);
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
        Targets targetsOfPart = targets.select(indices);
        check(store.name(), imageShape(), targetsOfPart);
        return shared(Arrays.stream(indices).map(i -> places[i]).toArray(), targetsOfPart, known);
    }

    /**
     * Takes all pictures with labels that stand for other classes, for instance those that a model knows.
     *
     * @param names of the classes, those of this data set among them
     * @return the same pictures, to be closed on their own
     * @throws IllegalArgumentException if a class of this data set is not among them
     */
    public ImageDataset withClasses(List<String> names) {
        return shared(places, classes().among(names), provenance);
    }

    private synchronized ImageDataset shared(int[] placesOfPart, Targets targetsOfPart, Provenance from) {
        checkOpen();
        return new ImageDataset(store.share(), placesOfPart, targetsOfPart, from);
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
        int[] order = Orders.shuffled(size(), new SplittableRandom(seed));
        int[] wanted = Arrays.stream(counts())
                .map(count -> (int) Math.min(count - 1, Math.round(count * share)))
                .toArray();
        int[] second = Arrays.stream(order)
                .filter(i -> wanted[label(i)]-- > 0)
                .sorted()
                .toArray();
        int[] first = IntStream.range(0, size())
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
        return size() + " pictures " + imageShape() + " of " + targets;
    }
}
