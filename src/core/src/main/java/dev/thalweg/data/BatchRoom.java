package dev.thalweg.data;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.random.Seeds;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Room for a batch off the heap, allocated once, which the loader fills again and again. */
final class BatchRoom {
    /**
     * Room for rows of targets.
     *
     * @param known of all pictures of the data set
     * @param numbers floats {@code [capacity, outputs]}
     */
    private record TargetRoom(Targets known, MemorySegment numbers) {
        static TargetRoom of(MemoryOwner owner, int capacity, Targets known) {
            return new TargetRoom(
                    known, owner.allocate(Shape.of(capacity, known.outputs()).elements() * Float.BYTES));
        }

        MemorySegment part(int from, int size) {
            long length = (long) known.outputs() * Float.BYTES;
            return numbers.asSlice(from * length, size * length);
        }

        void write(int... places) {
            float[] row = new float[known.outputs()];
            for (int i = 0; i < places.length; i++) {
                known.write(places[i], row);
                MemorySegment.copy(
                        row, 0, numbers, ValueLayout.JAVA_FLOAT, (long) i * row.length * Float.BYTES, row.length);
            }
        }

        Batch.Wanted lend(int from, int... places) {
            return new Batch.Wanted(part(from, places.length), known.select(places));
        }
    }

    /**
     * Room for what flows in beside the pictures.
     *
     * @param known for all pictures of the data set
     * @param numbers floats {@code [capacity, ...]}
     */
    private record InputRoom(SideInput known, MemorySegment numbers) {
        MemorySegment part(int from, int size) {
            long length = known.shape().elements() * Float.BYTES;
            return numbers.asSlice(from * length, size * length);
        }
    }

    private final ImageDataset data;
    private final Normalizer normalizer;
    private final Shape imageShape;
    private final MemorySegment images;
    private final Map<String, InputRoom> inputs = new LinkedHashMap<>();
    private final TargetRoom targets;
    private final Map<String, TargetRoom> moreTargets = new LinkedHashMap<>();
    private final byte[] bytes;
    private final float[] floats;

    BatchRoom(MemoryOwner owner, int capacity, ImageDataset data, Normalizer normalizer) {
        this.data = data;
        this.normalizer = normalizer;
        this.imageShape = data.imageShape();
        this.images = owner.allocate(imageShape.batched(capacity).elements() * Float.BYTES);
        data.sides()
                .inputs()
                .forEach((name, input) -> inputs.put(
                        name,
                        new InputRoom(
                                input,
                                owner.allocate(input.shape().batched(capacity).elements() * Float.BYTES))));
        this.targets = TargetRoom.of(owner, capacity, data.targets());
        data.sides().targets().forEach((name, known) -> moreTargets.put(name, TargetRoom.of(owner, capacity, known)));
        this.bytes = new byte[imageShape.arrayLength()];
        this.floats = new float[bytes.length];
    }

    /** Fills it with a part of the pictures of an epoch from {@code from} on. */
    Batch fill(EpochOrder order, int from, BatchPart part) {
        int[] places = aim(order, from + part.first(), part.computed());
        for (int i = 0; i < places.length; i++) {
            MemorySegment.copy(data.pixels(places[i]), ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
            normalizer.apply(bytes, floats);
            MemorySegment.copy(
                    floats, 0, images, ValueLayout.JAVA_FLOAT, i * imageShape.elements() * Float.BYTES, floats.length);
        }
        return lend(part, 0, places);
    }

    /**
     * Fills it with a part of the pictures of an epoch from {@code from} on, changed at random. Where pictures are
     * mixed, the whole batch is prepared: each may be mixed with any other.
     */
    Batch fillAugmented(EpochOrder order, int from, BatchPart part, List<Augmentation> steps) {
        boolean mixes = mixes(steps);
        int begin = mixes ? from : from + part.first();
        int[] places = aim(order, begin, mixes ? part.whole() : part.computed());
        PixelBuffer picture = new PixelBuffer(imageShape.dim(0), imageShape.dim(1), imageShape.dim(2));
        for (int i = 0; i < places.length; i++) {
            SplittableRandom random = order.draws(begin + i);
            SplittableRandom lasting = order.lastingDraws(begin + i);
            MemorySegment levels = data.pixels(places[i]);
            for (int p = 0; p < picture.pixels.length; p++) {
                picture.pixels[p] = levels.get(ValueLayout.JAVA_BYTE, p) & 0xff;
            }
            steps.forEach(step -> {
                switch (step) {
                    case PictureAugmentation own -> own.apply(picture, random);
                    case EpochAugmentation own -> own.apply(picture, lasting, order.epoch());
                    case MixingAugmentation _ -> {}
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
        if (!mixes) {
            return lend(part, 0, places);
        }
        mix(places.length, new SplittableRandom(order.drawSeed() ^ Seeds.of(0, from)), steps);
        return lend(part, part.first(), Arrays.copyOfRange(places, part.first(), part.first() + part.computed()));
    }

    static boolean mixes(List<Augmentation> steps) {
        return steps.stream().anyMatch(MixingAugmentation.class::isInstance);
    }

    private void mix(int size, SplittableRandom random, List<Augmentation> steps) {
        List<MemorySegment> rows = new ArrayList<>(List.of(targets.part(0, size)));
        moreTargets.values().forEach(room -> rows.add(room.part(0, size)));
        MixBuffer mixed = new MixBuffer(size, imageShape, images(0, size), rows);
        steps.forEach(step -> {
            if (step instanceof MixingAugmentation mixing) {
                mixing.apply(mixed, random);
            }
        });
    }

    /** Writes everything but the pictures; the places of these. */
    private int[] aim(EpochOrder order, int from, int count) {
        int[] places = Arrays.copyOfRange(order.pictures(), from, from + count);
        targets.write(places);
        moreTargets.values().forEach(room -> room.write(places));
        for (InputRoom room : inputs.values()) {
            for (int i = 0; i < places.length; i++) {
                room.known().write(places[i], normalizer, room.part(i, 1));
            }
        }
        return places;
    }

    private MemorySegment images(int from, int size) {
        long length = imageShape.elements() * Float.BYTES;
        return images.asSlice(from * length, size * length);
    }

    /** What lies here from an index on; the places of the pictures. */
    private Batch lend(BatchPart part, int from, int... places) {
        int size = places.length;
        Map<String, MemorySegment> in = new LinkedHashMap<>();
        inputs.forEach((name, room) -> in.put(name, room.part(from, size)));
        Map<String, Batch.Wanted> out = new LinkedHashMap<>();
        moreTargets.forEach((name, room) -> out.put(name, room.lend(from, places)));
        return new Batch(part, Optional.of(images(from, size)), in, Optional.of(targets.lend(from, places)), out);
    }

    /** Multiplies each picture's target by its class' weight. */
    static void weigh(Batch filled, float... classWeights) {
        MemorySegment numbers = filled.targets();
        for (int i = 0; i < filled.size(); i++) {
            for (int c = 0; c < classWeights.length; c++) {
                long place = (long) i * classWeights.length + c;
                numbers.setAtIndex(
                        ValueLayout.JAVA_FLOAT,
                        place,
                        numbers.getAtIndex(ValueLayout.JAVA_FLOAT, place) * classWeights[c]);
            }
        }
    }
}
