package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/** A device that computes. */
public final class Engine implements AutoCloseable {
    private final Handle handle;

    private Engine(Handle handle) {
        this.handle = handle;
    }

    /**
     * Opens the CPU.
     *
     * @return the engine
     * @throws OneDnnException if oneDNN is not loaded or refuses
     */
    public static Engine cpu() {
        return new Engine(Handle.create("dnnl_engine_create", "cpu engine 0", out -> Dnnl.dnnl_engine_create(out, Dnnl.dnnl_cpu(), 0),
                Dnnl::dnnl_engine_destroy));
    }

    /**
     * {@return how many GPUs oneDNN finds; 0 where no OpenCL loader library is installed}
     */
    public static int gpuCount() {
        OneDnn.require();
        // oneDNN 3.13 aborts the process when it is asked for GPUs and there is no OpenCL loader library.
        return openClLoaderPresent() ? Math.toIntExact(Dnnl.dnnl_engine_get_count(Dnnl.dnnl_gpu())) : 0;
    }

    @SuppressWarnings("restricted") // Looks whether a library is there; calls nothing in it.
    private static boolean openClLoaderPresent() {
        List<String> names = switch (Platform.current().os()) {
            case "windows" -> List.of("OpenCL.dll");
            case "macosx" -> List.of("/System/Library/Frameworks/OpenCL.framework/OpenCL");
            default -> List.of("libOpenCL.so.1", "libOpenCL.so");
        };
        for (String name : names) {
            try (Arena arena = Arena.ofConfined()) {
                SymbolLookup.libraryLookup(name, arena);
                return true;
            } catch (IllegalArgumentException missing) {
                // Not under this name; try the next.
            }
        }
        return false;
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }
}
