package dev.thalweg.data;

import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import dev.thalweg.text.Index;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of one size with their targets, as unsigned bytes {@code [N, C, H, W]}: off the heap, or read each time
 * they are needed.
 * <p>
 * <b>Who closes what.</b> Whoever makes a data set closes it: that frees the pictures. What is taken from it,
 * {@code data.shuffled(1).take(100)} say, is a view: it copies no picture, owns none, needs not be closed, and can be
 * used until the data set is closed. Where a part shall outlive its data set, {@link #share} makes it one of its own:
 * the pictures are then freed when both are closed.
 */
public final class ImageDataset implements AutoCloseable {
    private final StoreHold hold;
    /** Where these pictures stand among the store's. */
    private final int[] places;

    private final Targets targets;
    private final Sides sides;
    private final Provenance provenance;
    /** Null until it is asked for. */
    private @Nullable String fingerprint;

    private ImageDataset(StoreHold hold, int[] places, Targets targets, Sides sides, Provenance provenance) {
        this.hold = hold;
        this.places = places;
        this.targets = targets;
        this.sides = sides;
        this.provenance = provenance;
    }

    static ImageDataset of(PictureStore store, Targets targets) {
        return new ImageDataset(
                StoreHold.of(store), Orders.range(0, targets.size()), targets, Sides.NONE, Provenance.UNKNOWN);
    }

    /**
     * Makes a data set of pictures that belong to one class each.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param classNames what the labels stand for
     * @param labels one for each picture, from 0 to below the number of classes
     * @param writer gives the pictures, in their order, on the calling thread
     * @return the data set
     * @throws IllegalArgumentException as below, or if a label is out of range or a class name not printable
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
     * @param writer gives the pictures, in their order, on the calling thread; {@link PixelWriter} makes some
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, the writer has more
     *         or fewer pictures than there are targets, or leaves a byte of a picture unwritten
     * @throws dev.thalweg.tensor.MemoryLimitException if the pictures are more than this process may hold off the heap
     */
    public static ImageDataset of(String name, Shape imageShape, Targets targets, PixelWriter writer) {
        return of(
                PictureStore.held("data set " + name, imageShape, targets, writer, PictureStore.Loop.IN_ORDER),
                targets);
    }

    /**
     * Makes a data set of as many pictures as there come, from an iterator, a stream's or an iterable's for instance.
     * Memory grows with them by 16 MiB, or one picture, at a time, and nothing is copied twice.
     *
     * @param <T> of the targets as they come: {@code Integer}, {@code float[]}, {@code List<String>} …
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param examples pictures and targets
     * @param targets puts the targets together: {@code list -> Targets.ofClasses(names, list)}
     * @return the data set
     * @throws IllegalArgumentException if none comes, one has another shape, or the targets are refused
     * @throws dev.thalweg.tensor.MemoryLimitException if the pictures are more than this process may hold off the heap
     */
    public static <T> ImageDataset of(
            String name,
            Shape imageShape,
            Iterator<? extends Example<? extends T>> examples,
            Function<? super List<T>, ? extends Targets> targets) {
        List<T> given = new ArrayList<>();
        try (Scope filling = new Scope()) {
            PictureStore store =
                    filling.own(PictureStore.gathered("data set " + name, imageShape, examples, given::add));
            Targets all = targets.apply(given);
            store.checkTargets(all.size(), given.size());
            filling.handOver();
            return of(store, all);
        }
    }

    /**
     * Makes a data set that does not fit memory: a picture's bytes are asked for each time the picture is needed.
     *
     * @param name for messages
     * @param imageShape {@code [C, H, W]}
     * @param targets of the pictures
     * @param identities for each picture what tells it from others: file name and size, say; empty if nothing does
     * @param source gives the pictures; called by several threads
     * @return the data set
     * @throws IllegalArgumentException as where pictures are held, or if there are fewer or more identities
     */
    public static ImageDataset streamed(
            String name, Shape imageShape, Targets targets, List<String> identities, PixelWriter source) {
        Objects.requireNonNull(name, "name");
        return of(PictureStore.read("data set " + name, imageShape, targets, source, identities, List.of()), targets);
    }

    /** {@return the number of pictures} */
    public int size() {
        return targets.size();
    }

    /** {@return the shape of one picture, {@code [C, H, W]}} */
    public Shape imageShape() {
        return hold.store().shape();
    }

    /** {@return what a network shall say of these pictures} */
    public Targets targets() {
        return targets;
    }

    /**
     * {@return what the labels stand for, where pictures belong to one class each}
     *
     * @throws IllegalStateException if they do not
     */
    public List<String> classNames() {
        return targets.asClasses().names();
    }

    /**
     * {@return a picture's class, from 0, where pictures belong to one class each}
     *
     * @param index which picture
     * @throws IllegalStateException if they do not
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public int label(int index) {
        return targets.asClasses().label(index);
    }

    /**
     * {@return how many pictures there are of each class, in the order of {@link #classNames}}
     *
     * @throws IllegalStateException if pictures do not belong to one class each
     */
    public int[] counts() {
        return targets.asClasses().counts();
    }

    /** {@return where these pictures come from} */
    public Provenance provenance() {
        return provenance;
    }

    /**
     * {@return a picture's bytes, {@code [C, H, W]}}
     *
     * @param index which picture
     * @throws IndexOutOfBoundsException if there is no such picture
     * @throws IllegalStateException if this, or what it is a view of, is closed
     */
    public MemorySegment pixels(int index) {
        return hold.source().pixels(places[Index.checked("picture", index, places.length)]);
    }

    /**
     * {@return the name of a picture's file, with {@code /} between its elements, from the folder or archive on that
     * was read; empty where pictures come from none}
     *
     * @param index which picture
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public Optional<String> file(int index) {
        return hold.store().file(places[Index.checked("picture", index, places.length)]);
    }

    /** {@return whether the pictures lie in memory; else they are read each time they are needed} */
    boolean isHeld() {
        return hold.store().source() instanceof PictureSource.Held;
    }

    /**
     * {@return what tells these pictures from others: SHA-256, as 64 hexadecimal digits, of targets, shape and all
     * bytes; of pictures read when they are needed, their identities take the place of the bytes}
     *
     * @throws IllegalStateException if this data set was closed before it was asked for the first time
     */
    public synchronized String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            known = Fingerprints.of(imageShape(), targets, sides, hold.source(), places);
            fingerprint = known;
        }
        return known;
    }

    private ImageDataset view(int[] newPlaces, Targets newTargets, Sides newSides) {
        return new ImageDataset(hold.view(), newPlaces, newTargets, newSides, provenance);
    }

    /**
     * {@return a view of chosen pictures}
     *
     * @param indices which, in the order wanted; one may stand there more than once
     * @throws IllegalArgumentException if none is chosen
     * @throws IndexOutOfBoundsException if there is no such picture; the message tells how many there are
     */
    @CheckReturnValue
    public ImageDataset select(int... indices) {
        if (indices.length == 0) {
            throw new IllegalArgumentException(
                    hold.store().name() + ": expected at least one picture to be chosen, got none");
        }
        return view(
                Arrays.stream(indices)
                        .map(i -> places[Index.checked("picture", i, places.length)])
                        .toArray(),
                targets.select(indices),
                sides.select(indices));
    }

    /**
     * {@return a view of the first pictures; of all of them where there are no more, as in tf.data}
     *
     * @param count how many, at least 1
     * @throws IllegalArgumentException if it is less
     */
    @CheckReturnValue
    public ImageDataset take(int count) {
        return select(Orders.range(0, Math.min(size(), Orders.checked("take", count, 1, Integer.MAX_VALUE))));
    }

    /**
     * {@return a view of all pictures but the first}
     *
     * @param count how many are left out, from 0 to below {@link #size}: no data set is empty
     * @throws IllegalArgumentException if it is out of range
     */
    @CheckReturnValue
    public ImageDataset skip(int count) {
        return select(Orders.range(Orders.checked("skip", count, 0, size() - 1), size()));
    }

    /**
     * {@return a view of all pictures in a random order (Fisher and Yates), the same in every epoch}
     *
     * @param seed the same seed gives the same order
     */
    @CheckReturnValue
    public ImageDataset shuffled(long seed) {
        return select(Orders.shuffled(size(), new SplittableRandom(seed)));
    }

    /**
     * {@return a view of the pictures of some classes, in their order; labels are counted among these classes}
     *
     * @param names of classes, in the order of their new labels
     * @throws IllegalArgumentException if there is no such class, or no picture of them
     * @throws IllegalStateException if pictures do not belong to one class each
     */
    @CheckReturnValue
    public ImageDataset classes(String... names) {
        int[] kept = targets.asClasses().indicesOf(List.of(names));
        ImageDataset chosen = select(kept);
        return chosen.view(chosen.places, chosen.targets.asClasses().renumbered(List.of(names)), chosen.sides);
    }

    /**
     * {@return a view of all pictures with labels that stand for other classes, for instance those that a model knows}
     *
     * @param names of the classes; those of this data set among them
     * @throws IllegalArgumentException if a class of this data set is not among them
     * @throws IllegalStateException if pictures do not belong to one class each
     */
    @CheckReturnValue
    public ImageDataset withClasses(List<String> names) {
        return view(places, targets.asClasses().among(names), sides);
    }

    /**
     * {@return a view of all pictures with numbers that flow into a network beside them}
     *
     * @param name of the network's input
     * @param shape of the numbers of one picture
     * @param rows for each picture its numbers, row-major, finite, as the network shall see them
     * @throws IllegalArgumentException if there are more or fewer rows than pictures, or a row has another length
     */
    @CheckReturnValue
    public ImageDataset withInput(String name, Shape shape, float[]... rows) {
        return view(places, targets, sides.withInput(name, SideInput.Numbers.of(name, shape, rows), size()));
    }

    /**
     * {@return a view of all pictures with others that flow into a network beside them, each with the one at its place}
     * They are normalized as the first ones, and not augmented; their targets are not looked at.
     *
     * @param name of the network's input
     * @param others as many pictures with as many channels; must stay open as long as this
     * @throws IllegalArgumentException if they are more or fewer
     */
    @CheckReturnValue
    public ImageDataset withInput(String name, ImageDataset others) {
        return view(
                places,
                targets,
                sides.withInput(
                        name,
                        new SideInput.OtherPictures(others.view(others.places, others.targets, Sides.NONE)),
                        size()));
    }

    /**
     * {@return a view of all pictures with targets of an output of a network that has several} The {@link #targets()
     * own targets} are those of the one output that is not named so, if one is left.
     *
     * @param output its name
     * @param wanted what it shall say of each picture
     * @throws IllegalArgumentException if there are more or fewer of them than pictures
     */
    @CheckReturnValue
    public ImageDataset withTargets(String output, Targets wanted) {
        return view(places, targets, sides.withTargets(output, wanted, size()));
    }

    /** What belongs to the pictures beside their own targets. */
    Sides sides() {
        return sides;
    }

    /** {@return the shape of what flows into a network beside the pictures, by the name of its input} */
    public Map<String, Shape> inputs() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        sides.inputs().forEach((name, input) -> shapes.put(name, input.shape()));
        return Collections.unmodifiableMap(shapes);
    }

    /** {@return the targets of outputs beside the pictures' own, by the name of the output} */
    public Map<String, Targets> outputTargets() {
        return sides.targets();
    }

    /**
     * {@return a data set of its own of the same pictures: it is closed for itself, and they are freed when all that
     * share them are closed}
     */
    @CheckReturnValue
    public ImageDataset share() {
        return share(provenance);
    }

    /**
     * {@return a data set of its own of the same pictures, of which is known how they came to their size: a model that
     * is trained on them brings others to it in the same way}
     *
     * @param how they did
     */
    @CheckReturnValue
    public ImageDataset shareResizedBy(Resize how) {
        return share(new Provenance(how, provenance.partition()));
    }

    /** The same of pictures of which is known where they come from. */
    @CheckReturnValue
    ImageDataset share(Provenance known) {
        return new ImageDataset(hold.share(), places, targets, sides, known);
    }

    /** Lets go of the pictures, or ends a view; closing again does nothing. */
    @Override
    public void close() {
        hold.close();
    }

    @Override
    public String toString() {
        return Counted.of(size(), "picture") + " " + imageShape() + " of " + targets + sides;
    }
}
