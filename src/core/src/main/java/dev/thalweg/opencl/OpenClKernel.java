package dev.thalweg.opencl;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A function of a program, with its arguments. One thread at a time uses it. Setting and enqueueing allocate nothing.
 */
public final class OpenClKernel implements AutoCloseable {
    private final String name;
    private final NativeHandle handle;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment number = arena.allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment items = arena.allocate(ValueLayout.JAVA_LONG);

    OpenClKernel(String name, NativeHandle handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * Sets an argument to memory.
     *
     * @param index which, from 0
     * @param memory must outlive the kernel's runs
     */
    public void set(int index, OpenClMemory memory) {
        switch (memory) {
            case OpenClBuffer buffer -> {
                number.set(ValueLayout.ADDRESS, 0, buffer.handle());
                pass(index, ValueLayout.ADDRESS.byteSize());
            }
            case OpenClUsm usm -> check("clSetKernelArgMemPointerINTEL", index, usm.passTo(handle.get(), index));
        }
    }

    /**
     * Sets an argument to a number.
     *
     * @param index which, from 0
     * @param value a {@code float}
     */
    public void set(int index, float value) {
        number.set(ValueLayout.JAVA_FLOAT, 0, value);
        pass(index, Float.BYTES);
    }

    /**
     * Sets an argument to a number.
     *
     * @param index which, from 0
     * @param value a {@code uint}
     */
    public void set(int index, int value) {
        number.set(ValueLayout.JAVA_INT, 0, value);
        pass(index, Integer.BYTES);
    }

    /**
     * Sets an argument to a number.
     *
     * @param index which, from 0
     * @param value a {@code ulong}
     */
    public void set(int index, long value) {
        number.set(ValueLayout.JAVA_LONG, 0, value);
        pass(index, Long.BYTES);
    }

    private void pass(int index, long bytes) {
        check("clSetKernelArg", index, OpenCl.clSetKernelArg(handle.get(), index, bytes, number));
    }

    private void check(String call, int index, int status) {
        if (status != 0) {
            OpenClException.check(call + " " + index + " of " + name, status);
        }
    }

    /**
     * Submits it.
     *
     * @param queue to which queue
     * @param count how many work items
     */
    public void enqueue(MemorySegment queue, long count) {
        items.set(ValueLayout.JAVA_LONG, 0, count);
        int status = OpenCl.clEnqueueNDRangeKernel(
                queue,
                handle.get(),
                1,
                MemorySegment.NULL,
                items,
                MemorySegment.NULL,
                0,
                MemorySegment.NULL,
                MemorySegment.NULL);
        if (status != 0) {
            OpenClException.check(queue, "clEnqueueNDRangeKernel " + name, status);
        }
    }

    @Override
    public void close() {
        try {
            handle.close();
        } finally {
            arena.close();
        }
    }
}
