package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.winograd.GradientTransform;
import dev.thalweg.backend.winograd.SourceTransform;
import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.onednn.OneDnn;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Each thread's sums, over its tiles, of the products whose transform is the gradient of kernels. */
record WinogradGradientKernel(
        Tiles tiles,
        int channels,
        int filters,
        int blockTiles,
        TeamProduct product,
        Location source,
        Location gradient,
        Location scratch,
        Location sums,
        Optional<Location> biasSums)
        implements TeamKernel {
    @Override
    public ThreadTeam.Task bind(TeamMemory memory) {
        Member[] members = IntStream.range(0, scratch.layout().dims().dim(0))
                .mapToObj(thread -> new Member(memory, thread))
                .toArray(Member[]::new);
        return (member, all) -> members[member].run(
                ThreadTeam.share(tiles.strips(), member, all), ThreadTeam.share(tiles.strips(), member + 1, all));
    }

    /** What one thread computes with. */
    private final class Member {
        private final SourceTransform sources;
        private final GradientTransform gradients;
        private final MemorySegment from;
        private final MemorySegment by;
        private final MemorySegment transformed;
        private final MemorySegment transformedGradient;
        private final MemorySegment sum;
        private final @Nullable MemorySegment biasSum;
        private final Runnable multiply;

        Member(TeamMemory memory, int thread) {
            sources = new SourceTransform(tiles, channels);
            gradients = new GradientTransform(tiles, filters);
            from = memory.segment(source);
            by = memory.segment(gradient);
            BlockMemory block = BlockMemory.of(memory.segment(scratch), thread, blockTiles, channels, filters);
            transformed = block.sources();
            transformedGradient = block.results();
            long bytes = (long) Tiles.PRODUCTS * channels * filters * Float.BYTES;
            sum = memory.segment(sums).asSlice(bytes * thread, bytes);
            long biasBytes = (long) filters * Float.BYTES;
            biasSum = biasSums.map(memory::segment)
                    .map(all -> all.asSlice(biasBytes * thread, biasBytes))
                    .orElse(null);
            multiply = product.bind(memory, transformed, transformedGradient, sum);
        }

        void run(int first, int end) {
            OneDnn.setThreads(1);
            sum.fill((byte) 0);
            gradients.clearSum();
            int blockStrips = blockTiles / tiles.stripTiles();
            for (int strip = first; strip < end; strip += blockStrips) {
                int count = Math.min(blockStrips, end - strip);
                if (count < blockStrips) {
                    // What the block before left there must not count again.
                    transformed.fill((byte) 0);
                    transformedGradient.fill((byte) 0);
                }
                for (int i = 0; i < count; i++) {
                    sources.transform(strip + i, from, transformed, i * tiles.stripTiles(), blockTiles);
                    gradients.transform(strip + i, by, transformedGradient, i * tiles.stripTiles(), blockTiles);
                }
                multiply.run();
            }
            if (biasSum != null) {
                gradients.sum(biasSum);
            }
        }
    }

    @Override
    public String toString() {
        return "Winograd's gradient of kernels of " + tiles + ", " + channels + " to " + filters + " channels";
    }
}
