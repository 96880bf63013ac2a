package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Graph;
import dev.thalweg.memory.Lifetime;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Map;
import java.util.function.Supplier;

/** Computes graphs by oneDNN's primitives, on the CPU or on a GPU. */
public final class OneDnnBackend implements Backend {
    private final int threads;
    private final ConvolutionChoice convolutions;
    private final Processor processor;
    private final Stream stream;
    private final ThreadTeam team;
    private final Lifetime lifetime = Lifetime.of("the onednn backend", "sets of parameters");
    private final Scope resources;

    /**
     * Opens the CPU engine.
     *
     * @param threads how many compute
     * @throws IllegalArgumentException if the system property {@code thalweg.convolution} is another word
     * @throws dev.thalweg.onednn.OneDnnException if oneDNN is not loaded
     */
    public OneDnnBackend(int threads) {
        this(threads, HostProcessor::new);
    }

    /**
     * Opens a GPU's engine.
     *
     * @param threads how many compute what the host does
     * @param gpu which, from 0
     * @return the backend
     * @throws IllegalArgumentException if the system property {@code thalweg.convolution} or
     *             {@code thalweg.opencl.memory} is another word
     * @throws dev.thalweg.tensor.UnavailableException if there is no such GPU, or it lacks the memory that the property
     *             names
     */
    public static OneDnnBackend gpu(int threads, int gpu) {
        return new OneDnnBackend(threads, () -> new OpenClGpu(gpu));
    }

    private OneDnnBackend(int threads, Supplier<Processor> processors) {
        this.threads = threads;
        this.convolutions = ConvolutionChoice.named();
        try (Scope opening = new Scope()) {
            this.processor = opening.own(processors.get());
            this.stream = opening.own(processor.newStream());
            this.team = opening.own(processor.hasTeamKernels() ? OpenMpTeam.of(threads) : ThreadTeam.start(threads));
            this.resources = opening.handOver();
        }
    }

    Engine engine() {
        return processor.engine();
    }

    Processor processor() {
        return processor;
    }

    Stream stream() {
        return stream;
    }

    /** Who says how its graphs' convolutions are computed. */
    ConvolutionChoice convolutions() {
        return convolutions;
    }

    /** The threads that apply updates, and compute what is no primitive. */
    ThreadTeam team() {
        return team;
    }

    /** Who needs the engine: parameters are its children. */
    Lifetime lifetime() {
        return lifetime;
    }

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public String description() {
        return "oneDNN " + OneDnn.report().version() + ", " + deviceDescription();
    }

    /**
     * {@return what device it computes on, for people}
     */
    public String deviceDescription() {
        try (Lifetime.Use _ = lifetime.enter()) {
            return processor.description();
        }
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public boolean computesIn(DataType type) {
        try (Lifetime.Use _ = lifetime.enter()) {
            return processor.computesIn(type);
        }
    }

    @Override
    public boolean emulates(DataType type) {
        try (Lifetime.Use _ = lifetime.enter()) {
            return processor.computesIn(type) && processor.emulates(type);
        }
    }

    @Override
    public Parameters newParameters(Map<String, Shape> shapes) {
        return new OneDnnParameters(this, shapes);
    }

    @Override
    public Executable compile(Graph graph, Parameters parameters) {
        if (!(parameters instanceof OneDnnParameters own) || own.backend() != this) {
            throw new IllegalArgumentException(
                    "the onednn backend cannot use another backend's parameters: make them with newParameters");
        }
        try (Lifetime.Use _ = own.lifetime().enterAlone()) {
            return OneDnn.withThreads(threads, () -> new OneDnnCompiler(this, graph, own).compile());
        } catch (OneDnnException e) {
            throw processor.explain(e);
        }
    }

    @Override
    public void close() {
        lifetime.close(resources);
    }
}
