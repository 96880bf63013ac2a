package dev.thalweg.backend;

import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Chooses a backend among those that {@link ServiceLoader} finds: the one of the highest rank that works here, which is
 * oneDNN where it loads, else plain Java. The system property {@value #BACKEND_PROPERTY} forces one,
 * {@value Threads#PROPERTY} sets how many threads it uses.
 */
public final class Backends {
    /** The system property that forces a backend: {@code onednn} or {@code java}. */
    public static final String BACKEND_PROPERTY = "thalweg.backend";

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
     * Begins to load what the backend needs that {@link #open()} would try first: see {@link #preload(BackendChoice)}.
     */
    public static void preload() {
        preload(BackendChoice.preset());
    }

    /**
     * Begins to load what a backend needs, in a thread of its own: for programs that have other things to do before
     * they compute. Who opens a backend meanwhile waits for it, and is told then what went wrong.
     *
     * @param choice which will be opened; nothing is loaded where there is no such backend
     */
    public static void preload(BackendChoice choice) {
        Objects.requireNonNull(choice, "choice");
        Thread.ofPlatform()
                .daemon()
                .name("thalweg-preload")
                .start(() -> Found.PROVIDERS.stream()
                        .filter(provider -> choice.equals(BackendChoice.AUTO)
                                || provider.name().equals(choice.name()))
                        .findFirst()
                        .ifPresent(BackendProvider::problem));
    }

    /**
     * Looks at what the backends are on this machine, loading their libraries if need be.
     *
     * @return for people, by heading: of oneDNN version and instruction set, engines, loaded files and where they came
     *         from; or why it is not loaded
     * @throws IllegalArgumentException if a setting of a backend is wrong
     */
    public static Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        Found.PROVIDERS.forEach(provider -> details.putAll(provider.details()));
        return details;
    }

    /**
     * Opens the backend that {@value #BACKEND_PROPERTY} names, on the CPU, with {@link Threads#auto} threads; without
     * the property that of the highest rank that works: oneDNN where it loads, else plain Java.
     *
     * @return the backend, to be closed
     */
    public static Backend open() {
        return open(BackendChoice.preset(), Threads.auto());
    }

    /**
     * Opens a backend on the CPU.
     *
     * @param choice which
     * @param threads how many compute
     * @return the backend, to be closed
     * @throws IllegalArgumentException if there is no such backend, or a setting of its own is wrong
     * @throws UnavailableException if it is asked for by name and cannot be used here
     */
    public static Backend open(BackendChoice choice, Threads threads) {
        return open(choice, threads, Device.cpu());
    }

    /**
     * Opens a backend on a device.
     *
     * @param choice which
     * @param threads how many compute on the CPU
     * @param device where
     * @return the backend, to be closed
     * @throws IllegalArgumentException if there is no such backend, or it computes on the CPU alone and is asked to use
     *             a GPU, or a setting of its own is wrong
     * @throws UnavailableException if the backend or the device is asked for by name and cannot be used here
     */
    public static Backend open(BackendChoice choice, Threads threads, Device device) {
        List<BackendProvider> candidates = choice.equals(BackendChoice.AUTO)
                ? Found.PROVIDERS
                : Found.PROVIDERS.stream()
                        .filter(p -> p.name().equals(choice.name()))
                        .limit(1)
                        .toList();
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no backend \"" + choice + "\": choose one of auto, " + String.join(", ", names()));
        }
        Device chosen = chosen(device, candidates);
        if (chosen.kind() == Device.Kind.GPU) {
            return candidates.stream()
                    .filter(p -> chosen.index() < p.gpuCount())
                    .findFirst()
                    .orElse(candidates.getFirst())
                    .open(threads, chosen);
        }
        return candidates.size() == 1
                ? candidates.getFirst().open(threads, chosen)
                : firstThatWorks(candidates).open(threads, chosen);
    }

    /** The device itself, or where the choice is left to us the first GPU that somebody computes on, else the CPU. */
    private static Device chosen(Device device, List<BackendProvider> candidates) {
        if (device.kind() != Device.Kind.AUTO) {
            return device;
        }
        return candidates.stream().anyMatch(p -> p.gpuCount() > 0) ? Device.gpu(0) : Device.cpu();
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
