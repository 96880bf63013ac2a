package dev.thalweg.backend;

import dev.thalweg.backend.java.JavaBackend;
import dev.thalweg.backend.onednn.OneDnnBackend;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.LoadReport;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.opencl.OpenClLoader;
import dev.thalweg.tensor.DataType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Chooses a backend: oneDNN where it loads, else plain Java. The system property {@value #BACKEND_PROPERTY} forces one,
 * {@value #THREADS_PROPERTY} sets how many threads it uses.
 */
public final class Backends {
    /** The system property that forces a backend: {@code onednn} or {@code java}. */
    public static final String BACKEND_PROPERTY = "thalweg.backend";
    /** The system property that sets the number of threads; without it, every processor that the JVM sees. */
    public static final String THREADS_PROPERTY = "thalweg.threads";

    private static final System.Logger LOG = System.getLogger(Backends.class.getName());
    private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,4}))?");
    private static final AtomicBoolean FALLBACK_LOGGED = new AtomicBoolean();

    private Backends() {}

    /**
     * {@return the names of all backends}
     */
    public static List<String> names() {
        return List.of("onednn", "java");
    }

    /**
     * Looks at what oneDNN is on this machine, loading it if need be.
     *
     * @return for people, by heading: version and instruction set, engines, loaded files and where they came from; or
     *         why oneDNN is not loaded
     */
    public static Map<String, String> details() {
        LoadReport report = OneDnn.report();
        Map<String, String> details = new LinkedHashMap<>();
        if (!report.loaded()) {
            details.put("oneDNN", "not loaded: " + report.problem());
            return details;
        }
        int gpus = Engine.gpuCount();
        details.put("oneDNN", report.version());
        details.put("ISA", OneDnn.instructionSet());
        details.put(
                "Engines",
                gpus > 0
                        ? "cpu, " + gpus + " gpu"
                        : "cpu, no gpu ("
                                + (OpenClLoader.present()
                                        ? "OpenCL has no Intel GPU"
                                        : "no OpenCL loader library "
                                                + OpenClLoader.names().getFirst())
                                + ")");
        for (int i = 0; i < gpus; i++) {
            try (OneDnnBackend gpu = OneDnnBackend.gpu(1, i)) {
                details.put("gpu:" + i, gpu.deviceDescription() + (gpu.computesIn(DataType.BFLOAT16) ? ", bf16" : ""));
            } catch (OneDnnException | LinkageError e) {
                details.put("gpu:" + i, "cannot be opened: " + e.getMessage());
            }
        }
        details.put(
                "Loaded",
                report.libraries().stream().map(Path::toString).collect(Collectors.joining(", ")) + " ("
                        + report.origin() + ")");
        return details;
    }

    /**
     * {@return the number of threads set, or of processors}
     *
     * @throws IllegalArgumentException if the property {@value #THREADS_PROPERTY} is no positive number
     */
    public static int defaultThreads() {
        String set = System.getProperty(THREADS_PROPERTY);
        if (set == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            return checkThreads(Integer.parseInt(set));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "system property " + THREADS_PROPERTY + " must be a positive number, got \"" + set + "\"", e);
        }
    }

    private static int checkThreads(int threads) {
        if (threads < 1 || threads > 4096) {
            throw new IllegalArgumentException("the number of threads must be from 1 to 4096, got " + threads);
        }
        return threads;
    }

    /**
     * Opens the backend that {@value #BACKEND_PROPERTY} names; without it oneDNN where that loads, else plain Java.
     *
     * @return the backend, to be closed
     */
    public static Backend open() {
        return open(System.getProperty(BACKEND_PROPERTY, "auto"), defaultThreads());
    }

    /**
     * Opens a backend.
     *
     * @param name {@code onednn}, {@code java}, or {@code auto} for the better one that works here
     * @param threads how many threads it computes with
     * @return the backend, to be closed
     * @throws IllegalArgumentException if there is no such backend or the number of threads is out of range
     * @throws IllegalStateException if oneDNN is asked for by name and cannot be loaded
     */
    public static Backend open(String name, int threads) {
        return open(name, threads, "cpu");
    }

    /**
     * Opens a backend on a device.
     *
     * @param name {@code onednn}, {@code java}, or {@code auto} for the better one that works here
     * @param threads how many threads it computes with on the CPU
     * @param device {@code cpu}; {@code gpu} or {@code gpu:N} for the first or another Intel GPU; {@code auto} for a
     *            GPU where there is one
     * @return the backend, to be closed
     * @throws IllegalArgumentException if there is no such backend or device, or the number of threads is out of range
     * @throws IllegalStateException if oneDNN is asked for by name, or a GPU, and it cannot be loaded
     */
    public static Backend open(String name, int threads, String device) {
        checkThreads(threads);
        OptionalInt gpu = gpu(device);
        if (gpu.isPresent()) {
            if (name.equalsIgnoreCase("java")) {
                throw new IllegalArgumentException(
                        "backend \"java\" computes on the CPU, got device " + device + ": choose backend onednn");
            }
            requireOneDnn();
            return OneDnnBackend.gpu(threads, gpu.getAsInt());
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "java" -> new JavaBackend(threads);
            case "onednn" -> oneDnn(threads);
            case "auto" -> automatic(threads);
            default ->
                throw new IllegalArgumentException(
                        "there is no backend \"" + name + "\": choose one of auto, " + String.join(", ", names()));
        };
    }

    /** Which GPU a device is; empty for the CPU. */
    private static OptionalInt gpu(String device) {
        if (device.equals("auto")) {
            return OneDnn.report().loaded() && Engine.gpuCount() > 0 ? OptionalInt.of(0) : OptionalInt.empty();
        }
        Matcher gpu = GPU.matcher(device);
        if (gpu.matches()) {
            return OptionalInt.of(gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
        }
        if (!device.equals("cpu")) {
            throw new IllegalArgumentException("there is no device \"" + device + "\": choose cpu, gpu, gpu:N or auto");
        }
        return OptionalInt.empty();
    }

    private static Backend oneDnn(int threads) {
        requireOneDnn();
        return new OneDnnBackend(threads);
    }

    private static void requireOneDnn() {
        LoadReport report = OneDnn.report();
        if (!report.loaded()) {
            throw new IllegalStateException("backend \"onednn\" cannot be used: " + report.problem()
                    + "; choose backend \"java\", or set " + OneDnn.LIBRARY_PROPERTY + " to a libdnnl of version 3");
        }
    }

    private static Backend automatic(int threads) {
        LoadReport report = OneDnn.report();
        if (report.loaded()) {
            return new OneDnnBackend(threads);
        }
        if (FALLBACK_LOGGED.compareAndSet(false, true)) {
            LOG.log(System.Logger.Level.WARNING, "computing in plain Java, which is slower: {0}", report);
        }
        return new JavaBackend(threads);
    }
}
