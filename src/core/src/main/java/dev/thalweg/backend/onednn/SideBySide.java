package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.SharedTask;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Pictures of a batch, channels last, put side by side with columns of zeros behind each, so that one wide picture
 * stands for several.
 *
 * @param pictures {@code [N, C, H, W]}
 * @param type of their numbers
 * @param count how many stand side by side; it divides N
 * @param gap how many columns of zeros stand behind each
 */
record SideBySide(Shape pictures, DataType type, int count, int gap) {
    /** The extents of the wide pictures. */
    Shape wide() {
        return pictures.with(0, pictures.dim(0) / count).with(3, Math.multiplyExact(count, pictures.dim(3) + gap));
    }

    /** Wide pictures of given ones. */
    Location joined(LoweringContext context, Location from) {
        Location to = context.program().locate(ChannelsLast.pictures(wide(), type));
        add(context, "join", from, to, this::join);
        return to;
    }

    /** The pictures of which given ones consist; what stands in the gaps is left there. */
    Location parted(LoweringContext context, Location from) {
        Location to = context.program().locate(ChannelsLast.pictures(pictures, type));
        add(context, "part", from, to, this::part);
        return to;
    }

    /** Copies rows of pictures from one to before another. */
    private interface Copying {
        void copy(MemorySegment from, MemorySegment to, int first, int end);
    }

    private void add(LoweringContext context, String name, Location from, Location to, Copying copying) {
        int threads = context.compiler().threads();
        int rows = Math.multiplyExact(pictures.dim(0), pictures.dim(2));
        context.program()
                .add(
                        name,
                        memory -> {
                            MemorySegment source = memory.segment(from);
                            MemorySegment target = memory.segment(to);
                            return new SharedTask(
                                    0, rows, threads, _ -> (first, end) -> copying.copy(source, target, first, end));
                        },
                        List.of(from),
                        List.of(to));
    }

    private void join(MemorySegment from, MemorySegment to, int first, int end) {
        long row = rowBytes();
        long gapBytes = row / pictures.dim(3) * gap;
        for (int i = first; i < end; i++) {
            long at = wideOffset(i);
            MemorySegment.copy(from, i * row, to, at, row);
            to.asSlice(at + row, gapBytes).fill((byte) 0);
        }
    }

    private void part(MemorySegment from, MemorySegment to, int first, int end) {
        long row = rowBytes();
        for (int i = first; i < end; i++) {
            MemorySegment.copy(from, wideOffset(i), to, i * row, row);
        }
    }

    private long rowBytes() {
        return (long) pictures.dim(3) * pictures.dim(1) * type.bytes();
    }

    /** Where a row of a picture lies in its wide picture. */
    private long wideOffset(int row) {
        int height = pictures.dim(2);
        int picture = row / height;
        long wideRow = (long) (picture / count) * height + row % height;
        return (wideRow * count + picture % count) * (rowBytes() / pictures.dim(3) * (pictures.dim(3) + gap));
    }
}
