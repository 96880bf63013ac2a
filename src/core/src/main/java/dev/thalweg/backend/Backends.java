package dev.thalweg.backend;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses a backend among those that {@link ServiceLoader} finds: the one of the highest rank that works here, which is
 * oneDNN where it loads, else plain Java. The system property {@value #BACKEND_PROPERTY} forces one,
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

    private static final class Found {
        /** The highest rank first. */
        static final List<BackendProvider> PROVIDERS =
                ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .sorted(Comparator.comparingInt(BackendProvider::rank)
                                .reversed()
                                .thenComparing(BackendProvider::name))
                        .toList();
    }

    /**
     * {@return the names of all backends, the one of the highest rank first}
     */
    public static List<String> names() {
        return Found.PROVIDERS.stream().map(BackendProvider::name).toList();
    }

    /**
     * Looks at what the backends are on this machine, loading their libraries if need be.
     *
     * @return for people, by heading: of oneDNN version and instruction set, engines, loaded files and where they came
     *         from; or why it is not loaded
     */
    public static Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        Found.PROVIDERS.forEach(provider -> details.putAll(provider.details()));
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
     * @throws IllegalStateException if a backend is asked for by name and cannot be used here
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
     * @throws IllegalStateException if a backend is asked for by name, or a GPU, and it cannot be used here
     */
    public static Backend open(String name, int threads, String device) {
        checkThreads(threads);
        String wanted = name.toLowerCase(Locale.ROOT);
        List<BackendProvider> candidates = wanted.equals("auto")
                ? Found.PROVIDERS
                : Found.PROVIDERS.stream()
                        .filter(p -> p.name().equals(wanted))
                        .limit(1)
                        .toList();
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no backend \"" + name + "\": choose one of auto, " + String.join(", ", names()));
        }
        OptionalInt gpu = gpu(device, candidates);
        if (gpu.isPresent()) {
            return candidates.stream()
                    .filter(p -> gpu.getAsInt() < p.gpuCount())
                    .findFirst()
                    .orElse(candidates.getFirst())
                    .open(threads, gpu);
        }
        return candidates.size() == 1
                ? candidates.getFirst().open(threads, gpu)
                : firstThatWorks(candidates).open(threads, gpu);
    }

    /** Which GPU a device is; empty for the CPU. */
    private static OptionalInt gpu(String device, List<BackendProvider> candidates) {
        if (device.equals("auto")) {
            return candidates.stream().anyMatch(p -> p.gpuCount() > 0) ? OptionalInt.of(0) : OptionalInt.empty();
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

    private static BackendProvider firstThatWorks(List<BackendProvider> candidates) {
        String problem = "";
        for (BackendProvider candidate : candidates) {
            Optional<String> itsProblem = candidate.problem();
            if (itsProblem.isEmpty()) {
                if (!problem.isEmpty() && FALLBACK_LOGGED.compareAndSet(false, true)) {
                    LOG.log(System.Logger.Level.WARNING, "computing in {0}: {1}", candidate.description(), problem);
                }
                return candidate;
            }
            problem = problem.isEmpty() ? itsProblem.get() : problem + "; " + itsProblem.get();
        }
        throw new IllegalStateException("no backend works here: " + problem);
    }
}
