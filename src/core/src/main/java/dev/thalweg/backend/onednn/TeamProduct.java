package dev.thalweg.backend.onednn;

import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.Primitive;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Products;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** A product of matrices that each thread of a team computes alone, on memory of its own. */
record TeamProduct(MemoryDesc src, MemoryDesc weights, MemoryDesc dst, PrimitiveDesc desc, Primitive primitive) {
    /** Compiles; the layouts must outlive it. */
    static TeamProduct compile(
            LoweringContext context, MemoryDesc src, MemoryDesc weights, MemoryDesc dst, Attributes attributes) {
        OneDnn.setThreads(1);
        try {
            PrimitiveDesc desc = context.own(Products.matmul(context.engine(), src, weights, null, dst, attributes));
            return new TeamProduct(src, weights, dst, desc, context.program().own(new Primitive(desc)));
        } finally {
            OneDnn.setThreads(context.compiler().threads());
        }
    }

    /** What a thread runs to multiply. */
    Runnable bind(TeamMemory memory, MemorySegment source, MemorySegment factor, MemorySegment result) {
        return memory.call(
                desc,
                primitive,
                Map.of(
                        Argument.SRC, memory.described(src, source),
                        Argument.WEIGHTS, memory.described(weights, factor),
                        Argument.DST, memory.described(dst, result)));
    }
}
