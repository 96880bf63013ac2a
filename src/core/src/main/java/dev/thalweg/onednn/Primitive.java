package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;
import java.util.function.ToIntBiFunction;

/** A compiled operation. Several threads may call it at once, each on memory of its own. */
public final class Primitive implements AutoCloseable {
    private final NativeHandle handle;

    /**
     * Compiles an operation, by another of oneDNN's implementations where the chosen one cannot be compiled.
     *
     * @param desc what; it keeps the implementation that could be compiled
     */
    public Primitive(PrimitiveDesc desc) {
        this(desc, Dnnl::dnnl_primitive_create);
    }

    /** With a function in the place of {@code dnnl_primitive_create}. */
    Primitive(PrimitiveDesc desc, ToIntBiFunction<MemorySegment, MemorySegment> create) {
        handle = compile(desc, create);
    }

    /**
     * Of a processor with SME, oneDNN 3.13 believes that it can do nothing else, not even Advanced SIMD: it chooses
     * the JIT implementation of binary primitives, then finds no kernel to compile and says OUT_OF_MEMORY.
     */
    private static NativeHandle compile(PrimitiveDesc desc, ToIntBiFunction<MemorySegment, MemorySegment> create) {
        try {
            return Handles.create(
                    "dnnl_primitive_create",
                    desc,
                    out -> create.applyAsInt(out, desc.address()),
                    Dnnl::dnnl_primitive_destroy);
        } catch (OneDnnException e) {
            if (!e.is(Status.OUT_OF_MEMORY)) {
                throw e;
            }
            if (!desc.chooseNext()) {
                throw e;
            }
            return compile(desc, create);
        }
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
