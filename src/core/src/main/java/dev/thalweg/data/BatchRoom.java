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

        MemorySegment first(int size) {
            return numbers.asSlice(0, (long) size * known.outputs() * Float.BYTES);
        }

        void write(int... places) {
            float[] row = new float[known.outputs()];
            for (int i = 0; i < places.length; i++) {
                known.write(places[i], row);
                MemorySegment.copy(
                        row, 0, numbers, ValueLayout.JAVA_FLOAT, (long) i * row.length * Float.BYTES, row.length);
            }
        }

        Batch.Wanted lend(int... places) {
            return new Batch.Wanted(first(places.length), known.select(places));
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

    /** Fills it with the pictures {@code order[from..to]} of an epoch. */
    Batch fill(EpochOrder order, int from, int to) {
        int[] places = aim(order, from, to);
        for (int i = 0; i < places.length; i++) {
            MemorySegment.copy(data.pixels(places[i]), ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
            normalizer.apply(bytes, floats);
            MemorySegment.copy(
                    floats, 0, images, ValueLayout.JAVA_FLOAT, i * imageShape.elements() * Float.BYTES, floats.length);
        }
        return lend(places);
    }

    /** Fills it with the pictures {@code order[from..to]} of an epoch, changed at random. */
    Batch fillAugmented(EpochOrder order, int from, int to, List<Augmentation> steps) {
        int[] places = aim(order, from, to);
        PixelBuffer picture = new PixelBuffer(imageShape.dim(0), imageShape.dim(1), imageShape.dim(2));
        for (int i = 0; i < places.length; i++) {
            SplittableRandom random = order.draws(from + i);
            SplittableRandom lasting = order.lastingDraws(from + i);
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
        mix(places.length, new SplittableRandom(order.drawSeed() ^ Seeds.of(0, from)), steps);
        return lend(places);
    }

    private void mix(int size, SplittableRandom random, List<Augmentation> steps) {
        List<MemorySegment> rows = new ArrayList<>(List.of(targets.first(size)));
        moreTargets.values().forEach(room -> rows.add(room.first(size)));
        MixBuffer mixed = new MixBuffer(size, imageShape, images(size), rows);
        steps.forEach(step -> {
            if (step instanceof MixingAugmentation mixing) {
                mixing.apply(mixed, random);
            }
        });
    }

    /** Writes everything but the pictures; the places of these. */
    private int[] aim(EpochOrder order, int from, int to) {
        int[] places = Arrays.copyOfRange(order.pictures(), from, to);
        targets.write(places);
        moreTargets.values().forEach(room -> room.write(places));
        for (InputRoom room : inputs.values()) {
            for (int i = 0; i < places.length; i++) {
                room.known().write(places[i], normalizer, room.part(i, 1));
            }
        }
        return places;
    }

    private MemorySegment images(int size) {
        return images.asSlice(0, size * imageShape.elements() * Float.BYTES);
    }

    private Batch lend(int... places) {
        Map<String, MemorySegment> in = new LinkedHashMap<>();
        inputs.forEach((name, room) -> in.put(name, room.part(0, places.length)));
        Map<String, Batch.Wanted> out = new LinkedHashMap<>();
        moreTargets.forEach((name, room) -> out.put(name, room.lend(places)));
        return new Batch(places.length, Optional.of(images(places.length)), in, Optional.of(targets.lend(places)), out);
    }

    /** Multiplies each picture's target by its class' weight. */
    void weigh(int size, float[] classWeights) {
        for (int i = 0; i < size; i++) {
            for (int c = 0; c < classWeights.length; c++) {
                long place = (long) i * classWeights.length + c;
                MemorySegment numbers = targets.numbers();
                numbers.setAtIndex(
                        ValueLayout.JAVA_FLOAT,
                        place,
                        numbers.getAtIndex(ValueLayout.JAVA_FLOAT, place) * classWeights[c]);
            }
        }
    }
}
