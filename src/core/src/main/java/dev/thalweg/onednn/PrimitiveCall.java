package dev.thalweg.onednn;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.onednn.c.dnnl_exec_arg_t;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** A primitive with its arguments bound: executing it is one native call that allocates nothing here. */
public final class PrimitiveCall {
    private final Primitive primitive;
    private final MemorySegment arguments;
    private final int count;

    /**
     * Writes the argument list.
     *
     * @param primitive what; it must outlive the call
     * @param memories on what; they must outlive the call
     * @param owner of the argument list
     */
    public PrimitiveCall(Primitive primitive, Map<Argument, Memory> memories, MemoryOwner owner) {
        this(primitive, List.of(), memories, owner);
    }

    /**
     * Writes the argument list of a primitive that takes any number of sources.
     *
     * @param primitive what; it must outlive the call
     * @param sources {@code DNNL_ARG_MULTIPLE_SRC} and those after it; they must outlive the call
     * @param memories on what else; they must outlive the call
     * @param owner of the argument list
     */
    public PrimitiveCall(Primitive primitive, List<Memory> sources, Map<Argument, Memory> memories, MemoryOwner owner) {
        this.primitive = primitive;
        count = sources.size() + memories.size();
        arguments = owner.allocate(Math.max(1, count) * dnnl_exec_arg_t.sizeof());
        int index = 0;
        for (Memory source : sources) {
            write(index, Dnnl.DNNL_ARG_MULTIPLE_SRC() + index, source);
            index++;
        }
        for (Map.Entry<Argument, Memory> memory : memories.entrySet()) {
            write(index++, memory.getKey().code, memory.getValue());
        }
    }

    private void write(int index, int code, Memory memory) {
        MemorySegment slot = dnnl_exec_arg_t.asSlice(arguments, index);
        dnnl_exec_arg_t.arg(slot, code);
        dnnl_exec_arg_t.memory(slot, memory.address());
    }

    /**
     * Submits the operation.
     *
     * @param stream to which queue
     */
    public void execute(Stream stream) {
        int status = Dnnl.dnnl_primitive_execute(primitive.address(), stream.address(), count, arguments);
        if (status != 0) {
            stream.check("dnnl_primitive_execute", status, primitive);
        }
    }
}
