package dev.thalweg.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Memory that Linux backs by pages of 2 MiB where it has them: a kernel that reads megabytes of weights once finds its
 * addresses sooner. Elsewhere, and where native access is not enabled, there is none: then an arena's own memory will
 * do.
 */
@SuppressWarnings("restricted") // Calls three functions of the C library, whose addresses and lengths are its own.
final class HugePages {
    /** What Linux calls a huge page on x86-64, and on arm64 with pages of 4 KiB. */
    static final long PAGE = 2 << 20;

    private static final int READ_AND_WRITE = 0x3;
    private static final int PRIVATE_AND_ANONYMOUS = 0x22;
    private static final boolean LINUX = System.getProperty("os.name").startsWith("Linux");
    private static final int ADVICE_HUGE_PAGE = 14;
    private static final long FAILED = -1;
    private static final int NO_FILE = -1;

    private HugePages() {}

    /**
     * Zeroed memory, aligned to {@link #PAGE}, that lives as long as an arena.
     *
     * @param arena frees it
     * @param size in bytes
     * @return the memory; empty where huge pages cannot be had or would not be filled
     */
    static Optional<MemorySegment> allocate(Arena arena, long size) {
        // Asked each time: loading a native library may enable access, with the JVM's warning; this must not be first.
        boolean possible = size >= PAGE && LINUX && HugePages.class.getModule().isNativeAccessEnabled();
        if (!possible || size > Long.MAX_VALUE - PAGE) {
            return Optional.empty();
        }
        long mapped = size + PAGE;
        long address = map(mapped);
        if (address == FAILED) {
            return Optional.empty();
        }
        long aligned = Math.ceilDiv(address, PAGE) * PAGE;
        advise(aligned, size);
        MemorySegment memory = MemorySegment.ofAddress(aligned).reinterpret(size, arena, _ -> unmap(address, mapped));
        return Optional.of(memory);
    }

    private static long map(long bytes) {
        try {
            return (long) Functions.MAP.invokeExact(0L, bytes, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, NO_FILE, 0L);
        } catch (Throwable e) {
            throw new AssertionError("mmap throws nothing", e);
        }
    }

    /** A kernel without huge pages refuses; the memory is as good without. */
    private static void advise(long address, long bytes) {
        try {
            int ignored = (int) Functions.ADVISE.invokeExact(address, bytes, ADVICE_HUGE_PAGE);
        } catch (Throwable e) {
            throw new AssertionError("madvise throws nothing", e);
        }
    }

    private static void unmap(long address, long bytes) {
        try {
            int ignored = (int) Functions.UNMAP.invokeExact(address, bytes);
        } catch (Throwable e) {
            throw new AssertionError("munmap throws nothing", e);
        }
    }

    /** The three functions of the C library; they are looked up when memory is first asked for. */
    private static final class Functions {
        static final MethodHandle MAP = function(
                "mmap",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));
        static final MethodHandle UNMAP = function(
                "munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        static final MethodHandle ADVISE = function(
                "madvise",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

        private Functions() {}

        private static MethodHandle function(String name, FunctionDescriptor type) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
        }
    }
}
