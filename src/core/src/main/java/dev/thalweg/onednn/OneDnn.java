package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.onednn.c.dnnl_version_t;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The library as a whole: loading it, its version, its threads. It is loaded once, on first use; the setting
 * {@code thalweg.onednn.library} (system property) or {@code THALWEG_ONEDNN_LIBRARY} (environment) names another file
 * than the one in the native jar.
 */
@SuppressWarnings("restricted") // Loading and calling native code is what this class is for.
public final class OneDnn {
    /** The system property that names the library file to load. */
    public static final String LIBRARY_PROPERTY = "thalweg.onednn.library";
    /** The environment variable that names the library file to load. */
    public static final String LIBRARY_VARIABLE = "THALWEG_ONEDNN_LIBRARY";

    private static final int MAJOR = 3;
    private static final String RESOURCES = "org/bytedeco/dnnl/";

    private OneDnn() {}

    private static final class Loaded {
        static final Library LIBRARY = load();
    }

    /** What became of loading, and the function that sets how many threads kernels use, where there is one. */
    private record Library(LoadReport report, Optional<MethodHandle> setThreads) {
        static Library missing(String origin, String problem) {
            return new Library(LoadReport.failed(origin, problem), Optional.empty());
        }
    }

    /**
     * Loads oneDNN if that has not been tried yet.
     *
     * @return what was loaded and from where, or why not
     */
    public static LoadReport report() {
        return Loaded.LIBRARY.report();
    }

    static void require() {
        if (!report().loaded()) {
            throw new OneDnnException(report() + "; use the java backend, or set " + LIBRARY_PROPERTY
                    + " to a libdnnl of version " + MAJOR);
        }
    }

    private static Library load() {
        String property = System.getProperty(LIBRARY_PROPERTY);
        String chosen = property != null ? property : System.getenv(LIBRARY_VARIABLE);
        String origin = property != null
                ? "system property " + LIBRARY_PROPERTY
                : chosen != null ? "environment variable " + LIBRARY_VARIABLE : "native jar";
        try {
            OpenMp.waitBriefly();
            if (chosen != null) {
                Path library = existing(Path.of(chosen));
                System.load(library.toString());
                return check(List.of(library), origin);
            }
            return loadUnpacked(Platform.current(), origin);
        } catch (Throwable e) {
            // Whatever it is: an error here would make this class unusable, without a reason, while the Java backend
            // can compute.
            return Library.missing(origin, reason(e));
        }
    }

    private static String reason(Throwable e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return switch (e) {
            case IllegalCallerException refused ->
                "Java was told to refuse native access (" + message
                        + "): start it with --enable-native-access="
                        + Objects.requireNonNullElse(OneDnn.class.getModule().getName(), "ALL-UNNAMED");
            case FileSystemException file -> "cannot use the file or directory " + message;
            case ExceptionInInitializerError of when of.getCause() != null -> reason(of.getCause());
            default -> message;
        };
    }

    /**
     * From the user's cache, or where that cannot be used, from a temporary directory; a cache that was named must be
     * usable.
     */
    private static Library loadUnpacked(Platform platform, String origin) throws IOException {
        SequencedMap<String, String> digests = digests(platform);
        if (digests.isEmpty()) {
            throw new IOException("there is no oneDNN for " + platform);
        }
        String why = "there is no home directory";
        NativeCache ofUser = NativeCache.ofUser().orElse(null);
        if (ofUser != null) {
            try {
                return check(load(digests, platform, ofUser), origin);
            } catch (IOException | UnsatisfiedLinkError e) {
                if (System.getProperty(NativeCache.PROPERTY) != null) {
                    throw e;
                }
                why = reason(e);
            }
        }
        try (NativeCache temporary = NativeCache.temporary()) {
            return check(load(digests, platform, temporary), origin + ", unpacked to a temporary directory: " + why);
        } catch (IOException | UnsatisfiedLinkError e) {
            String reason = reason(e);
            throw new IOException(why.equals(reason) ? why : why + "; and in a temporary directory: " + reason, e);
        }
    }

    /**
     * Unpacks the libraries for a platform where need be, and loads each at once after it was checked; those that
     * others need come first.
     */
    private static List<Path> load(SequencedMap<String, String> digests, Platform platform, NativeCache cache)
            throws IOException {
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, String> library : digests.entrySet()) {
            String resource = RESOURCES + platform + "/" + library.getKey();
            NativeCache.Source source = () -> NativeJar.open(resource)
                    .orElseThrow(() -> new IOException("no " + resource
                            + " on the class path or module path, nor where " + NativeJar.PROPERTY
                            + " says: add dev.thalweg:thalweg-natives-" + platform));
            Path file = cache.file(digests.lastEntry().getValue(), library.getKey(), library.getValue(), source);
            System.load(file.toString());
            files.add(file);
        }
        return files;
    }

    private static Library check(List<Path> libraries, String origin) {
        try {
            MemorySegment version = Dnnl.dnnl_version().reinterpret(dnnl_version_t.sizeof());
            int major = dnnl_version_t.major(version);
            String text = major + "." + dnnl_version_t.minor(version) + "." + dnnl_version_t.patch(version) + " ("
                    + dnnl_version_t.hash(version).getString(0) + ")";
            if (major != MAJOR) {
                return Library.missing(
                        origin, libraries.getLast() + " is oneDNN " + text + ", expected version " + MAJOR);
            }
            return new Library(new LoadReport(true, text, libraries, origin, ""), OpenMp.setThreadsFunction());
        } catch (LinkageError e) {
            // The bindings did not find a function that every version has.
            return Library.missing(origin, libraries.getLast() + " lacks oneDNN's functions: " + e.getMessage());
        }
    }

    private static Path existing(Path library) throws IOException {
        if (!Files.isRegularFile(library)) {
            throw new IOException("there is no file " + library.toAbsolutePath());
        }
        return library.toAbsolutePath();
    }

    private static SequencedMap<String, String> digests(Platform platform) throws IOException {
        SequencedMap<String, String> digests = new LinkedHashMap<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(OneDnn.class.getResourceAsStream("natives.sha256"), StandardCharsets.US_ASCII))) {
            lines.lines()
                    .map(line -> line.split("\\s+|/"))
                    .filter(parts -> parts[1].equals(platform.toString()))
                    .forEach(parts -> digests.put(parts[2], parts[0]));
        }
        return digests;
    }

    /**
     * Sets how many threads primitives use that the calling thread makes and executes; a primitive must be executed
     * with as many as it was made with. Without OpenMP this does nothing.
     *
     * @param threads at least 1
     */
    public static void setThreads(int threads) {
        if (Loaded.LIBRARY.setThreads().isPresent()) {
            try {
                Loaded.LIBRARY.setThreads().get().invokeExact(threads);
            } catch (Throwable e) {
                throw new AssertionError("omp_set_num_threads throws nothing", e);
            }
        }
    }

    /**
     * Does something that makes primitives of so many threads, from the first descriptor to the last primitive. The
     * number is the operating system's thread's. A virtual thread may go on with another one after each wait, so its
     * work is done by a platform thread meanwhile.
     *
     * @param <T> of what
     * @param threads at least 1
     * @param work what
     * @return the work's result
     */
    public static <T> T withThreads(int threads, Supplier<T> work) {
        if (!Thread.currentThread().isVirtual()) {
            setThreads(threads);
            return work.get();
        }
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                setThreads(threads);
                                return work.get();
                            },
                            Thread.ofPlatform().daemon().name("thalweg-for-virtual")::start)
                    .join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /**
     * {@return whether this CPU has x86's AVX2}
     */
    public static boolean hasAvx2() {
        return has(Dnnl.dnnl_cpu_isa_avx2());
    }

    /**
     * {@return whether this CPU multiplies bfloat16 numbers by instructions of its own, AVX512-BF16 or AMX: elsewhere
     * oneDNN emulates them, which is slower than 32-bit floats}
     */
    public static boolean hasBfloat16() {
        return has(Dnnl.dnnl_cpu_isa_avx512_core_bf16());
    }

    /**
     * {@return whether this CPU multiplies tiles of bfloat16 numbers: AMX}
     */
    public static boolean hasAmx() {
        return has(Dnnl.dnnl_cpu_isa_avx512_core_amx());
    }

    /**
     * {@return whether this CPU multiplies half-precision numbers by instructions of its own, AVX512-FP16}
     */
    public static boolean hasFloat16() {
        return has(Dnnl.dnnl_cpu_isa_avx512_core_fp16());
    }

    private static boolean has(int isa) {
        require();
        return InstructionSets.hasX86(Platform.current(), Dnnl.dnnl_get_effective_cpu_isa(), isa);
    }

    /**
     * {@return the instruction set that oneDNN's kernels use, as {@code avx2} or {@code sve_256}}
     */
    public static String instructionSet() {
        require();
        int isa = Dnnl.dnnl_get_effective_cpu_isa();
        return InstructionSets.name(Platform.current(), isa);
    }
}
