package dev.thalweg.data;

import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
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
    /** Says which pictures these are where they are not held; empty where nothing is known of them. */
    private final List<String> identities;
    private String fingerprint;

    private ImageDataset(MemoryOwner owner, MemorySegment pixels, PixelWriter source, int[] labels, Shape imageShape, List<String> classNames,
            List<String> identities) {
        this.owner = owner;
        this.pixels = pixels;
        this.source = source;
        this.labels = labels;
        this.imageShape = imageShape;
        this.classNames = List.copyOf(classNames);
        this.identities = List.copyOf(identities);
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
            return new ImageDataset(owner, pixels, null, labels.clone(), imageShape, classNames, List.of());
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
        return streamed(name, imageShape, classNames, labels, List.of(), source);
    }

    /**
     * Makes a data set that does not fit memory, of pictures that are known by something else than their bytes.
     *
     * @param name for messages and memory accounts
     * @param imageShape {@code [C, H, W]}
     * @param classNames what the labels stand for
     * @param labels one for each picture, from 0 to below the number of classes
     * @param identities for each picture what tells it from others, its file's name and size for instance; empty if nothing does
     * @param source gives the pictures; called by several threads
     * @return the data set
     * @throws IllegalArgumentException if there is no picture, the shape is not {@code [C, H, W]}, a label is out of range, or
     *         there are fewer or more identities than pictures
     */
    public static ImageDataset streamed(String name, Shape imageShape, List<String> classNames, int[] labels, List<String> identities,
            PixelWriter source) {
        check(name, imageShape, classNames, labels);
        if (!identities.isEmpty() && identities.size() != labels.length) {
            throw new IllegalArgumentException("data set " + name + ": expected an identity for each of " + labels.length + " pictures, got "
                    + identities.size());
        }
        return new ImageDataset(MemoryOwner.named("data set " + name), null, source, labels.clone(), imageShape, classNames, identities);
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
     * {@return what tells these pictures from others: SHA-256, as 64 hexadecimal digits, of class names, labels, shape and all
     * bytes; of pictures read when they are needed, their identities take the place of the bytes}
     *
     * @throws IllegalStateException if this data set was closed before it was asked for the first time
     */
    public synchronized String fingerprint() {
        if (fingerprint == null) {
            MessageDigest digest = sha256();
            classNames.forEach(name -> update(digest, name));
            update(digest, imageShape.toString());
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, labels.length));
            bytes.asIntBuffer().put(labels);
            digest.update(bytes);
            identities.forEach(identity -> update(digest, identity));
            for (int i = 0; pixels != null && i < size(); i++) {
                digest.update(pixels(i).asByteBuffer());
            }
            fingerprint = HexFormat.of().formatHex(digest.digest());
        }
        return fingerprint;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform has SHA-256", e);
        }
    }

    /** The length before the text keeps texts apart: "ab", "c" is not "a", "bc". */
    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
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
