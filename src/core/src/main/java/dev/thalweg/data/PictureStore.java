package dev.thalweg.data;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** The pictures that data sets share: the last of them to close frees them. */
final class PictureStore implements AutoCloseable {
    /** What grows, grows by this many bytes, or by one picture where that is more. */
    private static final long CHUNK = 1 << 24;

    private final MemoryOwner owner;
    private final Shape shape;
    private final PictureSource source;
    /** Of each picture; empty where they come from no files. */
    private final List<String> files;

    private int users = 1;

    private PictureStore(MemoryOwner owner, Shape shape, PictureSource source, List<String> files) {
        this.owner = owner;
        this.shape = shape;
        this.source = source;
        this.files = List.copyOf(files);
    }

    /** Does something with each index from 0 to below a count. */
    @FunctionalInterface
    interface Loop {
        /** The usual one. */
        Loop IN_ORDER = (count, step) -> {
            for (int i = 0; i < count; i++) {
                step.accept(i);
            }
        };

        void run(int count, IntConsumer step);
    }

    /** Holds pictures whose number is known. */
    static PictureStore held(String name, Shape shape, Targets targets, PixelWriter writer, Loop loop) {
        return held(name, shape, targets, writer, loop, List.of());
    }

    /** Holds pictures of files with these names, if there are any. */
    static PictureStore held(
            String name, Shape shape, Targets targets, PixelWriter writer, Loop loop, List<String> files) {
        check(name, shape, targets, writer);
        int count = targets.size();
        try (Scope filling = new Scope()) {
            MemoryOwner owner = filling.own(MemoryOwner.named(name));
            MemorySegment pixels = owner.allocate(shape.batched(count).elements());
            long size = shape.elements();
            loop.run(count, i -> {
                PixelSink sink = new PixelSink(shape, pixels.asSlice(i * size, size));
                writer.write(i, sink);
                sink.end(name, i);
            });
            filling.handOver();
            return new PictureStore(owner, shape, new PictureSource.Held(shape, count, List.of(pixels)), files);
        }
    }

    /** Holds as many pictures as there come, and gives away their targets. */
    static <T> PictureStore gathered(
            String name, Shape shape, Iterator<? extends Example<? extends T>> examples, Consumer<T> targets) {
        check(name, shape, examples.hasNext() ? 1 : 0);
        long size = shape.elements();
        int perChunk = (int) Math.max(1, CHUNK / size);
        try (Scope filling = new Scope()) {
            MemoryOwner owner = filling.own(MemoryOwner.named(name));
            List<MemorySegment> chunks = new ArrayList<>();
            for (int place = 0; examples.hasNext(); place = (place + 1) % perChunk) {
                Example<? extends T> example = examples.next();
                if (place == 0) {
                    chunks.add(owner.allocate(shape.batched(perChunk).elements()));
                }
                new PixelSink(shape, chunks.getLast().asSlice(place * size, size)).copyFrom(example.pixels());
                targets.accept(example.target());
            }
            filling.handOver();
            return new PictureStore(
                    owner, shape, new PictureSource.Held(shape, perChunk, List.copyOf(chunks)), List.of());
        }
    }

    /** Holds nothing but the files' names, if there are any. */
    static PictureStore read(
            String name,
            Shape shape,
            Targets targets,
            PixelWriter writer,
            List<String> identities,
            List<String> files) {
        check(name, shape, targets, writer);
        if (!identities.isEmpty() && identities.size() != targets.size()) {
            throw new IllegalArgumentException("the " + name + ": expected an identity for each of "
                    + Counted.of(targets.size(), "picture") + ", got " + identities.size());
        }
        return new PictureStore(
                MemoryOwner.named(name),
                shape,
                new PictureSource.Read(name, shape, writer, List.copyOf(identities)),
                files);
    }

    private static void check(String name, Shape shape, Targets targets, PixelWriter writer) {
        check(name, shape, targets.size());
        checkTargets(name, targets.size(), writer.count().orElse(targets.size()));
    }

    private static void check(String name, Shape shape, int pictures) {
        if (shape.rank() != 3) {
            throw new IllegalArgumentException("the " + name + ": pictures must be [C, H, W], got " + shape);
        }
        if (pictures == 0) {
            throw new IllegalArgumentException("the " + name + " has no picture");
        }
    }

    private static void checkTargets(String name, int targets, int pictures) {
        if (pictures != targets) {
            throw new IllegalArgumentException("the " + name + ": got " + Counted.of(pictures, "picture")
                    + " and targets of " + targets + ", expected as many of both");
        }
    }

    /** Checks that there are as many targets as pictures. */
    void checkTargets(int targets, int pictures) {
        checkTargets(name(), targets, pictures);
    }

    String name() {
        return owner.name();
    }

    Shape shape() {
        return shape;
    }

    PictureSource source() {
        return source;
    }

    /** {@return the name of a picture's file; empty where pictures come from none} */
    Optional<String> file(int place) {
        return files.isEmpty() ? Optional.empty() : Optional.of(files.get(place));
    }

    /** Counts another user, who closes the store too. */
    synchronized PictureStore share() {
        if (users == 0) {
            throw new IllegalStateException("the " + name() + " is closed");
        }
        users++;
        return this;
    }

    @Override
    public synchronized void close() {
        users--;
        if (users == 0) {
            owner.close();
        }
    }
}
