package dev.thalweg.data;

import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The pictures that a data set and its parts share: the last of them to close frees them. */
final class PictureStore {
    private final MemoryOwner owner;
    private final Shape shape;
    /** Null where pictures are read when they are needed. */
    private final MemorySegment pixels;

    private final ImageDataset.PixelWriter source;
    /** Says which pictures these are where they are not held; empty where nothing is known of them. */
    private final List<String> identities;

    private int users = 1;

    private PictureStore(
            MemoryOwner owner,
            Shape shape,
            MemorySegment pixels,
            ImageDataset.PixelWriter source,
            List<String> identities) {
        this.owner = owner;
        this.shape = shape;
        this.pixels = pixels;
        this.source = source;
        this.identities = List.copyOf(identities);
    }

    static PictureStore held(MemoryOwner owner, MemorySegment pixels, Shape shape) {
        return new PictureStore(owner, shape, pixels, null, List.of());
    }

    static PictureStore streamed(String name, Shape shape, ImageDataset.PixelWriter source, List<String> identities) {
        return new PictureStore(MemoryOwner.named(name), shape, null, source, identities);
    }

    String name() {
        return owner.name();
    }

    Shape shape() {
        return shape;
    }

    boolean isHeld() {
        return pixels != null;
    }

    String identity(int place) {
        return identities.isEmpty() ? "" : identities.get(place);
    }

    MemorySegment pixels(int place) {
        if (pixels != null) {
            return pixels.asSlice(place * shape.elements(), shape.elements()).asReadOnly();
        }
        MemorySegment read = MemorySegment.ofArray(new byte[shape.arrayLength()]);
        source.write(place, read);
        return read.asReadOnly();
    }

    /** Counts another user, who closes the store too. */
    synchronized PictureStore share() {
        users++;
        return this;
    }

    synchronized void close() {
        users--;
        if (users == 0) {
            owner.close();
        }
    }
}
