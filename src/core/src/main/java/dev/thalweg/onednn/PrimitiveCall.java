package dev.thalweg.onednn;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.onednn.c.dnnl_exec_arg_t;
import java.lang.foreign.MemorySegment;
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
        this.primitive = primitive;
        count = memories.size();
        arguments = owner.allocate(Math.max(1, count) * dnnl_exec_arg_t.sizeof());
        int index = 0;
        for (Map.Entry<Argument, Memory> entry : memories.entrySet()) {
            MemorySegment slot = dnnl_exec_arg_t.asSlice(arguments, index++);
            dnnl_exec_arg_t.arg(slot, entry.getKey().code);
            dnnl_exec_arg_t.memory(slot, entry.getValue().address());
        }
    }

    /**
     * Submits the operation.
     *
     * @param stream to which queue
     */
    public void execute(Stream stream) {
        int status = Dnnl.dnnl_primitive_execute(primitive.address(), stream.address(), count, arguments);
        if (status != 0) {
            Status.check("dnnl_primitive_execute", status, primitive);
        }
    }
}
