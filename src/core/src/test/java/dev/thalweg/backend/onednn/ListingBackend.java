package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Graph;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compiles and notes what programs graphs become. */
public final class ListingBackend implements Backend {
    private final OneDnnBackend backend;
    private final List<String> lines = new ArrayList<>();
    private final Set<PrimitiveUse> uses = new TreeSet<>();

    ListingBackend(int threads) {
        this(new OneDnnBackend(threads));
    }

    private ListingBackend(OneDnnBackend backend) {
        this.backend = backend;
    }

    /** Compiles for a GPU. */
    public static ListingBackend gpu(int threads, int gpu) {
        return new ListingBackend(OneDnnBackend.gpu(threads, gpu));
    }

    /** The lines of all that was compiled or listed, see {@link ProgramListing}. */
    List<String> lines() {
        return lines;
    }

    /** Which implementations serve in all that was compiled or listed. */
    public Set<PrimitiveUse> uses() {
        return uses;
    }

    private void note(Program program, Graph graph) {
        lines.addAll(ProgramListing.of(program, graph));
        PrimitiveUse.of(program).forEach(uses::add);
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public int threads() {
        return backend.threads();
    }

    @Override
    public boolean computesIn(DataType type) {
        return backend.computesIn(type);
    }

    @Override
    public boolean emulates(DataType type) {
        return backend.emulates(type);
    }

    @Override
    public Parameters newParameters(Map<String, Shape> shapes) {
        return backend.newParameters(shapes);
    }

    @Override
    public Executable compile(Graph graph, Parameters parameters) {
        return OneDnn.withThreads(threads(), () -> {
            OneDnnCompiler compiler = new OneDnnCompiler(backend, graph, (OneDnnParameters) parameters);
            Executable executable = compiler.compile();
            note(compiler.program(), graph);
            return executable;
        });
    }

    /** Notes what program a graph becomes, and makes none of its primitives. */
    public void list(Graph graph) {
        Map<String, Shape> shapes = new HashMap<>();
        graph.parameters().forEach(parameter -> shapes.put(parameter.name(), parameter.shape()));
        try (Parameters parameters = backend.newParameters(shapes)) {
            OneDnnCompiler compiler = new OneDnnCompiler(backend, graph, (OneDnnParameters) parameters);
            try (Program program = compiler.program()) {
                compiler.lower();
                note(program, graph);
            }
        }
    }

    @Override
    public void close() {
        backend.close();
    }
}
