package dev.thalweg.backend;

import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Chooses a backend among those that {@link ServiceLoader} finds: the one of the highest rank that works here, which is
 * oneDNN where it loads, else plain Java. The system property {@value #BACKEND_PROPERTY} forces one,
 * {@value #THREADS_PROPERTY} sets how many threads it uses.
 */
public final class Backends {
    /** The system property that forces a backend: {@code onednn} or {@code java}. */
    public static final String BACKEND_PROPERTY = "thalweg.backend";
    /** The system property that sets the number of threads; without it, every processor that the JVM sees. */
    public static final String THREADS_PROPERTY = Threads.PROPERTY;

    private static final System.Logger LOG = System.getLogger(Backends.class.getName());
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
     * {@return the number of threads set, or of processors: see {@link Threads#auto}}
     *
     * @throws IllegalArgumentException if the property {@value #THREADS_PROPERTY} is no positive number
     */
    public static int defaultThreads() {
        return Threads.auto().count();
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
     * @throws UnavailableException if a backend is asked for by name and cannot be used here
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
     * @throws UnavailableException if a backend is asked for by name, or a GPU, and it cannot be used here
     */
    public static Backend open(String name, int threads, String device) {
        return open(name, Threads.of(threads), Device.parse(device));
    }

    /**
     * Opens a backend on a device.
     *
     * @param name {@code onednn}, {@code java}, or {@code auto} for the better one that works here
     * @param threads how many threads it computes with on the CPU
     * @param device where it computes
     * @return the backend, to be closed
     * @throws IllegalArgumentException if there is no such backend, or it computes on no such device
     * @throws UnavailableException if a backend is asked for by name, or a GPU, and it cannot be used here
     */
    public static Backend open(String name, Threads threads, Device device) {
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
                    .open(threads.count(), gpu);
        }
        BackendProvider chosen = candidates.size() == 1 ? candidates.getFirst() : firstThatWorks(candidates);
        return chosen.open(threads.count(), gpu);
    }

    /** Which GPU a device is; empty for the CPU. */
    private static OptionalInt gpu(Device device, List<BackendProvider> candidates) {
        return switch (device.kind()) {
            case CPU -> OptionalInt.empty();
            case GPU -> OptionalInt.of(device.index());
            case AUTO -> candidates.stream().anyMatch(p -> p.gpuCount() > 0) ? OptionalInt.of(0) : OptionalInt.empty();
        };
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
        throw new UnavailableException("no backend works here: " + problem);
    }
}
