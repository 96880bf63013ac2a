package dev.thalweg.opencl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** OpenCL's loader library, which passes calls on to the drivers that are installed. It is looked for once. */
@SuppressWarnings("restricted") // Loading a library is what this class is for.
public final class OpenClLoader {
    private static final String OS = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    private static final Path MAPS = Path.of("/proc/self/maps");

    private OpenClLoader() {}

    private static final class Found {
        static final boolean PRESENT = names().stream().anyMatch(OpenClLoader::load);
    }

    /**
     * {@return whether there is one, loaded now}
     */
    public static boolean present() {
        return Found.PRESENT;
    }

    /**
     * {@return under which names it is looked for}
     */
    public static List<String> names() {
        if (OS.startsWith("windows")) {
            return List.of("OpenCL.dll");
        }
        return OS.startsWith("mac")
                ? List.of("/System/Library/Frameworks/OpenCL.framework/OpenCL")
                : List.of("libOpenCL.so.1", "libOpenCL.so");
    }

    /** Finds a library as the system's linker does, then gives it to this class loader, where the bindings look. */
    private static boolean load(String name) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(name, arena);
            if (OS.startsWith("windows")) {
                System.loadLibrary("OpenCL");
            } else {
                System.load(name.startsWith("/") ? name : mapped(name));
            }
            return true;
        } catch (IllegalArgumentException | IllegalCallerException | UnsatisfiedLinkError | IOException missing) {
            return false;
        }
    }

    /** Where a library lies that this process holds, by Linux' list of mapped files. */
    private static String mapped(String name) throws IOException {
        try (Stream<String> lines = Files.lines(MAPS)) {
            return lines.filter(l -> l.contains("/libOpenCL.so"))
                    .map(l -> l.substring(l.indexOf('/')))
                    .findFirst()
                    .orElseThrow(() -> new IOException(name + " is not in " + MAPS));
        }
    }
}
