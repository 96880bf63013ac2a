package dev.thalweg.data;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.random.Seeds;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Room for a batch off the heap: pictures as floats and their targets. Filled by the loader, lent until the next one.
 */
public final class Batch {
    private final Shape imageShape;
    private final Targets known;
    private final int outputs;
    private final MemorySegment images;
    private final MemorySegment targets;
    /** Which pictures of the data set these are. */
    private final int[] places;

    private final float[] row;
    private final byte[] bytes;
    private final float[] floats;
    private int size;

    Batch(MemoryOwner owner, int capacity, Shape imageShape, Targets known) {
        this.imageShape = imageShape;
        this.known = known;
        this.outputs = known.outputs();
        this.images = owner.allocate(imageShape.batched(capacity).elements() * Float.BYTES);
        this.targets = owner.allocate(Shape.of(capacity, outputs).elements() * Float.BYTES);
        this.places = new int[capacity];
        this.row = new float[outputs];
        this.bytes = new byte[imageShape.arrayLength()];
        this.floats = new float[bytes.length];
    }

    /**
     * {@return how many pictures are in it; the last batch of an epoch may have fewer than the others}
     */
    public int size() {
        return size;
    }

    /**
     * {@return floats {@code [size, C, H, W]}}
     */
    public MemorySegment images() {
        return images.asSlice(0, size * imageShape.elements() * Float.BYTES);
    }

    /**
     * {@return what the network shall say, as the loss sees it: floats {@code [size, outputs]}; one-hot for classes,
     * mixed where pictures are mixed, multiplied by class weights where there are any}
     */
    public MemorySegment targets() {
        return targets.asSlice(0, (long) size * outputs * Float.BYTES);
    }

    /**
     * {@return what the network shall say of a picture, neither mixed nor weighed: a row of {@link Targets#outputs}
     * numbers}
     *
     * @param index from 0 to below {@link #size()}
     */
    public float[] target(int index) {
        return known.row(places[Objects.checkIndex(index, size)]);
    }

    /**
     * {@return a picture's class, where pictures belong to one class each}
     *
     * @param index from 0 to below {@link #size()}
     * @throws IllegalStateException if they do not
     */
    public int label(int index) {
        return known.asClasses().label(places[Objects.checkIndex(index, size)]);
    }

    /**
     * Fills the batch with the pictures {@code order[from..to]} of an epoch, changed at random.
     */
    void fillAugmented(
            ImageDataset data, EpochOrder order, int from, int to, Normalizer normalizer, List<Augmentation> steps) {
        aim(order, from, to);
        PixelBuffer picture = new PixelBuffer(imageShape.dim(0), imageShape.dim(1), imageShape.dim(2));
        for (int i = 0; i < size; i++) {
            SplittableRandom random = new SplittableRandom(order.seedOf(from + i));
            MemorySegment bytes = data.pixels(places[i]);
            for (int p = 0; p < picture.pixels.length; p++) {
                picture.pixels[p] = bytes.get(ValueLayout.JAVA_BYTE, p) & 0xff;
            }
            steps.forEach(step -> {
                if (step instanceof PictureAugmentation own) {
                    own.apply(picture, random);
                }
            });
            normalizer.apply(picture.pixels);
            MemorySegment.copy(
                    picture.pixels,
                    0,
                    images,
                    ValueLayout.JAVA_FLOAT,
                    i * imageShape.elements() * Float.BYTES,
                    picture.pixels.length);
        }
        SplittableRandom random = new SplittableRandom(order.drawSeed() ^ Seeds.of(0, from));
        MixBuffer mixed = new MixBuffer(size, imageShape, images(), outputs, targets());
        steps.forEach(step -> {
            if (step instanceof MixingAugmentation mixing) {
                mixing.apply(mixed, random);
            }
        });
    }

    /** Multiplies each picture's target by its class' weight. */
    void weigh(float[] classWeights) {
        for (int i = 0; i < size; i++) {
            for (int c = 0; c < outputs; c++) {
                long place = (long) i * outputs + c;
                targets.setAtIndex(
                        ValueLayout.JAVA_FLOAT,
                        place,
                        targets.getAtIndex(ValueLayout.JAVA_FLOAT, place) * classWeights[c]);
            }
        }
    }

    /** Sets the size and the targets of the pictures {@code order[from..to]}. */
    private void aim(EpochOrder order, int from, int to) {
        size = to - from;
        for (int i = 0; i < size; i++) {
            places[i] = order.pictures()[from + i];
            known.write(places[i], row);
            MemorySegment.copy(row, 0, targets, ValueLayout.JAVA_FLOAT, (long) i * outputs * Float.BYTES, outputs);
        }
    }

    /** Fills the batch with the pictures {@code order[from..to]} of an epoch. */
    void fill(ImageDataset data, EpochOrder order, int from, int to, Normalizer normalizer) {
        aim(order, from, to);
        for (int i = 0; i < size; i++) {
            MemorySegment.copy(data.pixels(places[i]), ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
            normalizer.apply(bytes, floats);
            MemorySegment.copy(
                    floats, 0, images, ValueLayout.JAVA_FLOAT, i * imageShape.elements() * Float.BYTES, floats.length);
        }
    }
}
