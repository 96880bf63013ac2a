package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.winograd.ResultTransform;
import dev.thalweg.backend.winograd.SourceTransform;
import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.graph.PostOps;
import dev.thalweg.onednn.OneDnn;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Filters tiles block by block: source, products with the transformed kernels, result. */
record WinogradFilterKernel(
        Tiles tiles,
        int channels,
        int filters,
        int blockTiles,
        TeamProduct product,
        Location source,
        Location kernels,
        Optional<Location> bias,
        Location result,
        Location scratch,
        PostOps postOps)
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
        private final ResultTransform results;
        private final MemorySegment from;
        private final MemorySegment into;
        private final @Nullable MemorySegment added;
        private final MemorySegment transformed;
        private final MemorySegment products;
        private final Runnable multiply;

        Member(TeamMemory memory, int thread) {
            sources = new SourceTransform(tiles, channels);
            results = new ResultTransform(
                    tiles, filters, postOps.sum(), postOps.activation().isPresent());
            from = memory.segment(source);
            into = memory.segment(result);
            added = bias.map(memory::segment).orElse(null);
            BlockMemory block = BlockMemory.of(memory.segment(scratch), thread, blockTiles, channels, filters);
            transformed = block.sources();
            products = block.results();
            multiply = product.bind(memory, transformed, memory.segment(kernels), products);
        }

        void run(int first, int end) {
            OneDnn.setThreads(1);
            results.bias(added);
            int blockStrips = blockTiles / tiles.stripTiles();
            for (int strip = first; strip < end; strip += blockStrips) {
                int count = Math.min(blockStrips, end - strip);
                for (int i = 0; i < count; i++) {
                    sources.transform(strip + i, from, transformed, i * tiles.stripTiles(), blockTiles);
                }
                multiply.run();
                for (int i = 0; i < count; i++) {
                    results.transform(strip + i, products, i * tiles.stripTiles(), blockTiles, into);
                }
            }
        }
    }

    @Override
    public String toString() {
        return "Winograd's convolution of " + tiles + ", " + channels + " to " + filters + " channels";
    }
}
