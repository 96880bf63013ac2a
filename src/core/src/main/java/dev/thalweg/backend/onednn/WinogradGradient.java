package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.SharedTask;
import dev.thalweg.backend.winograd.GradientTransform;
import dev.thalweg.backend.winograd.KernelChunks;
import dev.thalweg.backend.winograd.KernelGradient;
import dev.thalweg.backend.winograd.Scratch;
import dev.thalweg.backend.winograd.SourceTransform;
import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.Products;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The gradient of kernels, and of a bias, from a source and the gradient of the result. */
record WinogradGradient(
        WinogradSize size, Location source, Location gradient, Location result, Optional<Location> biasResult) {
    private static final Attributes SUM = Attributes.NONE.then(new Attributes.Sum(1, 0));

    /** Appends what computes the results. */
    void addTo(LoweringContext context) {
        Program program = context.program();
        int summands = size.sumsTogether() ? size.sections().size() * size.threads() : size.threads();
        Optional<Location> biasSums = biasResult.map(
                _ -> program.locate(MemoryDesc.plain(Shape.of(summands, size.filters()), DataType.FLOAT32)));
        if (size.sumsTogether()) {
            Location sums = program.locate(size.kernels());
            size.sections().forEach(section -> addTogether(context, section, sums, biasSums));
            addResult(program, sums, 1);
        } else {
            Location sums = program.locate(MemoryDesc.plain(
                    Shape.of(size.threads(), Tiles.PRODUCTS, size.channels(), size.filters()), DataType.FLOAT32));
            addInBlocks(context, sums, biasSums);
            addResult(program, sums, size.threads());
        }
        biasSums.ifPresent(sums -> addBias(program, sums));
    }

    private void addResult(Program program, Location sums, int summands) {
        int count = Math.multiplyExact(size.channels(), size.filters());
        program.add(
                "winograd kernel gradient",
                memory -> new SharedTask(
                        0,
                        KernelChunks.chunks(count),
                        size.threads(),
                        thread -> new KernelGradient(
                                memory.segment(sums), summands, memory.segment(result), count, memory.scratch(thread))),
                List.of(sums),
                List.of(result));
    }

    private void addBias(Program program, Location sums) {
        Location bias = biasResult.orElseThrow();
        program.add(
                "bias sum",
                memory -> new BiasSum(memory.segment(sums), memory.segment(bias)),
                List.of(sums),
                List.of(bias));
    }

    private static List<Location> written(Optional<Location> biasSums, Location... others) {
        return Stream.concat(Arrays.stream(others), biasSums.stream()).toList();
    }

    private void addTogether(
            LoweringContext context, WinogradSize.Section section, Location sums, Optional<Location> biasSums) {
        Program program = context.program();
        int tiles = size.tiles(section);
        Location sources = program.locate(size.sources(tiles));
        Location gradients = program.locate(size.results(tiles));
        program.add(
                "winograd sources and gradients",
                memory -> new SharedTask(
                        section.from(),
                        section.to(),
                        size.threads(),
                        thread -> worker(
                                section,
                                memory,
                                thread,
                                biasSum(memory, biasSums, section.index() * size.threads() + thread),
                                memory.segment(sources),
                                memory.segment(gradients))),
                List.of(source, gradient),
                written(biasSums, sources, gradients));
        Location transposed = new Location(sources.buffer(), program.own(size.transposedSources(tiles)));
        program.add(
                context.own(Products.matmul(
                        context.engine(),
                        transposed.layout(),
                        gradients.layout(),
                        null,
                        sums.layout(),
                        section.index() == 0 ? Attributes.NONE : SUM)),
                Map.of(Argument.SRC, transposed, Argument.WEIGHTS, gradients, Argument.DST, sums));
    }

    private static @Nullable MemorySegment biasSum(TeamMemory memory, Optional<Location> sums, int summand) {
        return sums.map(location -> {
                    MemorySegment all = memory.segment(location);
                    long bytes = all.byteSize() / location.layout().dims().dim(0);
                    return all.asSlice(bytes * summand, bytes);
                })
                .orElse(null);
    }

    private SharedTask.Worker worker(
            WinogradSize.Section section,
            TeamMemory memory,
            int thread,
            @Nullable MemorySegment biasSum,
            MemorySegment sources,
            MemorySegment gradients) {
        Factors factors = factors(memory, thread, sources, gradients, size.tiles(section));
        return (first, end) -> {
            factors.gradient().clearSum();
            for (int strip = first; strip < end; strip++) {
                factors.transform(strip, strip - section.from());
            }
            factors.sum(biasSum);
        };
    }

    private void addInBlocks(LoweringContext context, Location sums, Optional<Location> biasSums) {
        Program program = context.program();
        TeamProduct product = TeamProduct.compile(
                context,
                program.own(size.transposedSources(size.blockTiles())),
                program.own(size.results(size.blockTiles())),
                program.own(size.kernels()),
                SUM);
        Location blocks = program.locate(size.blockMemory());
        program.add(
                "winograd sums by " + product.desc().implementation(),
                memory -> new SharedTask(
                        0,
                        size.tiles().strips(),
                        size.threads(),
                        thread -> blockWorker(
                                memory,
                                product,
                                memory.segment(sums),
                                biasSum(memory, biasSums, thread),
                                memory.segment(blocks),
                                thread)),
                List.of(source, gradient),
                written(biasSums, sums, blocks));
    }

    private SharedTask.Worker blockWorker(
            TeamMemory memory,
            TeamProduct product,
            MemorySegment sums,
            @Nullable MemorySegment biasSum,
            MemorySegment blocks,
            int thread) {
        MemorySegment sources = size.blockSources(blocks, thread);
        MemorySegment gradients = size.blockResults(blocks, thread);
        long bytes = sums.byteSize() / size.threads();
        MemorySegment sum = sums.asSlice(bytes * thread, bytes);
        Runnable multiply = product.bind(memory, sources, gradients, sum);
        Factors factors = factors(memory, thread, sources, gradients, size.blockTiles());
        int blockStrips = size.blockStrips();
        return (first, end) -> {
            OneDnn.setThreads(1);
            sum.fill((byte) 0);
            factors.gradient().clearSum();
            for (int strip = first; strip < end; strip += blockStrips) {
                int count = Math.min(blockStrips, end - strip);
                if (count < blockStrips) {
                    // What the block before left there must not count again.
                    sources.fill((byte) 0);
                    gradients.fill((byte) 0);
                }
                for (int i = 0; i < count; i++) {
                    factors.transform(strip + i, i);
                }
                multiply.run();
            }
            factors.sum(biasSum);
        };
    }

    private Factors factors(
            TeamMemory memory, int thread, MemorySegment sources, MemorySegment gradients, int roomTiles) {
        Scratch scratch = memory.scratch(thread);
        return new Factors(
                new SourceTransform(size.tiles(), size.channels(), scratch),
                memory.segment(source),
                sources,
                new GradientTransform(size.tiles(), size.filters(), scratch),
                memory.segment(gradient),
                gradients,
                size.tiles().stripTiles(),
                roomTiles);
    }

    /** What one thread makes of both factors. */
    private record Factors(
            SourceTransform source,
            MemorySegment from,
            MemorySegment sources,
            GradientTransform gradient,
            MemorySegment by,
            MemorySegment gradients,
            int stripTiles,
            int roomTiles) {
        /** Transforms a strip to where the strip of an index has room. */
        void transform(int strip, int index) {
            source.transform(strip, from, sources, index * stripTiles, roomTiles);
            gradient.transform(strip, by, gradients, index * stripTiles, roomTiles);
        }

        void sum(@Nullable MemorySegment into) {
            if (into != null) {
                gradient.sum(into);
            }
        }
    }
}
