package dev.thalweg.data;

import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes one picture's unsigned bytes {@code [C, H, W]} from whoever makes it: all at once, or pixel by pixel in any
 * order. It counts which were written, so that a picture with a gap is refused and never learnt from.
 */
public final class PixelSink {
    private final Shape shape;
    private final MemorySegment pixels;
    private final int size;
    /** Those that were set one by one; null once all are written. */
    private @Nullable BitSet written = new BitSet();
    /** Whether the writer has returned: the picture is taken over, and may be learnt from. */
    private boolean ended;

    PixelSink(Shape shape, MemorySegment pixels) {
        this.shape = shape;
        this.pixels = pixels;
        this.size = shape.arrayLength();
    }

    /**
     * {@return what is to be written, {@code [C, H, W]}}
     */
    public Shape shape() {
        return shape;
    }

    /**
     * Writes one byte.
     *
     * @param index its place in {@code [C, H, W]}, row-major
     * @param value unsigned: −1 is 255
     * @throws IndexOutOfBoundsException if there is no such place
     * @throws IllegalStateException if the writer that this was given to has returned
     */
    public void set(int index, byte value) {
        checkOpen();
        pixels.set(ValueLayout.JAVA_BYTE, Objects.checkIndex(index, size), value);
        if (written != null) {
            written.set(index);
        }
    }

    /**
     * Writes one byte.
     *
     * @param channel from 0
     * @param y row, from 0 at the top
     * @param x column, from 0 at the left
     * @param value unsigned: −1 is 255
     * @throws IndexOutOfBoundsException if there is no such place
     */
    public void set(int channel, int y, int x, byte value) {
        int row = Objects.checkIndex(channel, shape.dim(0)) * shape.dim(1) + Objects.checkIndex(y, shape.dim(1));
        set(row * shape.dim(2) + Objects.checkIndex(x, shape.dim(2)), value);
    }

    /**
     * Writes the whole picture.
     *
     * @param source its bytes, {@code [C, H, W]}
     * @throws IllegalArgumentException if there are more or fewer
     */
    public void copyFrom(byte... source) {
        copyFrom(MemorySegment.ofArray(source));
    }

    /**
     * Writes the whole picture.
     *
     * @param source its bytes, {@code [C, H, W]}
     * @throws IllegalArgumentException if there are more or fewer
     */
    public void copyFrom(MemorySegment source) {
        checkOpen();
        if (source.byteSize() != size) {
            throw new IllegalArgumentException("got " + Counted.of(source.byteSize(), "byte") + ", expected the " + size
                    + " of a picture " + shape);
        }
        pixels.copyFrom(source);
        written = null;
    }

    /**
     * Writes the whole picture in one level; what is written afterwards stands before this ground.
     *
     * @param value unsigned: 0 is black, −1 is white
     */
    public void fill(byte value) {
        checkOpen();
        pixels.fill(value);
        written = null;
    }

    private void checkOpen() {
        if (ended) {
            throw new IllegalStateException(
                    "this picture was taken over when its writer returned: write all of it before, and keep no sink");
        }
    }

    /** Takes the picture over: nothing is left to be written, and nothing can be written any more. */
    void end(String name, int index) {
        ended = true;
        if (written != null && written.cardinality() < size) {
            throw new IllegalArgumentException("the " + name + ": of picture " + index + ", "
                    + written.cardinality() + " of " + size + " bytes " + shape + " were written, byte "
                    + written.nextClearBit(0) + " is the first that was not: write all of them; fill(...) first gives "
                    + "a ground to those that are left out");
        }
    }
}
