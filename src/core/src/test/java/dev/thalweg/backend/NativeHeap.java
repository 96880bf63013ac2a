package dev.thalweg.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** How much of the C heap is in use, where the C library can tell (glibc 2.33 and later). */
@SuppressWarnings("restricted")
final class NativeHeap {
    private static final int FIELDS = 10;
    /** The eighth field of {@code struct mallinfo2}: {@code uordblks}, bytes in use. */
    private static final int IN_USE = 7;

    private static final MemoryLayout INFO =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(FIELDS, ValueLayout.JAVA_LONG));

    private NativeHeap() {}

    /** Bytes in use; 0 where that cannot be known. */
    static long bytesInUse() throws Throwable {
        SymbolLookup libc = Linker.nativeLinker().defaultLookup();
        Optional<MemorySegment> function = libc.find("mallinfo2");
        if (function.isEmpty()) {
            return 0;
        }
        MethodHandle handle = Linker.nativeLinker().downcallHandle(function.get(), FunctionDescriptor.of(INFO));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) handle.invokeExact((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, IN_USE);
        }
    }
}
