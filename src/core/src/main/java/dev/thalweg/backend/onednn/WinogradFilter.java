package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.SharedTask;
import dev.thalweg.backend.winograd.ResultTransform;
import dev.thalweg.backend.winograd.Scratch;
import dev.thalweg.backend.winograd.SourceTransform;
import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.graph.PostOps;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.Products;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Filters the tiles of a source with kernels that are transformed already. */
record WinogradFilter(
        WinogradSize size,
        Location source,
        Location kernels,
        Optional<Location> bias,
        Location result,
        PostOps postOps) {
    /** Appends what computes the result. */
    void addTo(LoweringContext context) {
        if (size.filtersTogether()) {
            size.sections().forEach(section -> addTogether(context, section));
        } else {
            addInBlocks(context);
        }
    }

    private void addTogether(LoweringContext context, WinogradSize.Section section) {
        Program program = context.program();
        Location sources = program.locate(size.sources(size.tiles(section)));
        Location products = program.locate(size.results(size.tiles(section)));
        program.add(
                "winograd sources",
                memory -> new SharedTask(
                        section.from(),
                        section.to(),
                        size.threads(),
                        thread -> sourceWorker(
                                section, memory.scratch(thread), memory.segment(source), memory.segment(sources))),
                List.of(source),
                List.of(sources));
        program.add(
                context.own(Products.matmul(
                        context.engine(),
                        sources.layout(),
                        kernels.layout(),
                        null,
                        products.layout(),
                        Attributes.NONE)),
                Map.of(Argument.SRC, sources, Argument.WEIGHTS, kernels, Argument.DST, products));
        program.add(
                "winograd results",
                memory -> new SharedTask(
                        section.from(),
                        section.to(),
                        size.threads(),
                        thread -> resultWorker(section, memory, memory.scratch(thread), memory.segment(products))),
                reads(products),
                List.of(result));
    }

    private List<Location> reads(Location... others) {
        List<Location> reads = new ArrayList<>(List.of(others));
        bias.ifPresent(reads::add);
        return reads;
    }

    private SharedTask.Worker sourceWorker(
            WinogradSize.Section section, Scratch scratch, MemorySegment from, MemorySegment into) {
        SourceTransform transform = new SourceTransform(size.tiles(), size.channels(), scratch);
        int stripTiles = size.tiles().stripTiles();
        int all = size.tiles(section);
        return (first, end) -> {
            for (int strip = first; strip < end; strip++) {
                transform.transform(strip, from, into, (strip - section.from()) * stripTiles, all);
            }
        };
    }

    private ResultTransform resultTransform(Scratch scratch) {
        return new ResultTransform(
                size.tiles(),
                size.filters(),
                postOps.sum(),
                postOps.activation().isPresent(),
                scratch);
    }

    private SharedTask.Worker resultWorker(
            WinogradSize.Section section, TeamMemory memory, Scratch scratch, MemorySegment from) {
        ResultTransform transform = resultTransform(scratch);
        MemorySegment added = added(memory);
        MemorySegment into = memory.segment(result);
        int stripTiles = size.tiles().stripTiles();
        int all = size.tiles(section);
        return (first, end) -> {
            transform.bias(added);
            for (int strip = first; strip < end; strip++) {
                transform.transform(strip, from, (strip - section.from()) * stripTiles, all, into);
            }
        };
    }

    private @Nullable MemorySegment added(TeamMemory memory) {
        return bias.map(memory::segment).orElse(null);
    }

    private void addInBlocks(LoweringContext context) {
        Program program = context.program();
        TeamProduct product = TeamProduct.compile(
                context,
                program.own(size.sources(size.blockTiles())),
                kernels.layout(),
                program.own(size.results(size.blockTiles())),
                Attributes.NONE);
        Location blocks = program.locate(size.blockMemory());
        program.add(
                "winograd filter by " + product.desc().implementation(),
                memory -> new SharedTask(
                        0,
                        size.tiles().strips(),
                        size.threads(),
                        thread -> blockWorker(memory, product, memory.segment(blocks), thread)),
                reads(source, kernels),
                List.of(result, blocks));
    }

    private SharedTask.Worker blockWorker(TeamMemory memory, TeamProduct product, MemorySegment blocks, int thread) {
        MemorySegment from = memory.segment(source);
        MemorySegment into = memory.segment(result);
        MemorySegment added = added(memory);
        MemorySegment sources = size.blockSources(blocks, thread);
        MemorySegment products = size.blockResults(blocks, thread);
        Runnable multiply = product.bind(memory, sources, memory.segment(kernels), products);
        Scratch scratch = memory.scratch(thread);
        SourceTransform before = new SourceTransform(size.tiles(), size.channels(), scratch);
        ResultTransform after = resultTransform(scratch);
        Tiles tiles = size.tiles();
        int blockStrips = size.blockStrips();
        int blockTiles = size.blockTiles();
        return (first, end) -> {
            OneDnn.setThreads(1);
            after.bias(added);
            for (int strip = first; strip < end; strip += blockStrips) {
                int count = Math.min(blockStrips, end - strip);
                for (int i = 0; i < count; i++) {
                    before.transform(strip + i, from, sources, i * tiles.stripTiles(), blockTiles);
                }
                multiply.run();
                for (int i = 0; i < count; i++) {
                    after.transform(strip + i, products, i * tiles.stripTiles(), blockTiles, into);
                }
            }
        };
    }
}
