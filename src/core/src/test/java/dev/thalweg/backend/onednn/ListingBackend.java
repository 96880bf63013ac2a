package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Graph;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compiles for the CPU and notes what programs graphs become. */
final class ListingBackend implements Backend {
    private final OneDnnBackend backend;
    private final List<String> lines = new ArrayList<>();

    ListingBackend(int threads) {
        backend = new OneDnnBackend(threads);
    }

    /** The lines of all that was compiled, see {@link ProgramListing}. */
    List<String> lines() {
        return lines;
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
    public Parameters newParameters(Map<String, Shape> shapes) {
        return backend.newParameters(shapes);
    }

    @Override
    public Executable compile(Graph graph, Parameters parameters) {
        return OneDnn.withThreads(threads(), () -> {
            OneDnnCompiler compiler = new OneDnnCompiler(backend, graph, (OneDnnParameters) parameters);
            Executable executable = compiler.compile();
            lines.addAll(ProgramListing.of(compiler.program(), graph));
            return executable;
        });
    }

    @Override
    public void close() {
        backend.close();
    }
}
