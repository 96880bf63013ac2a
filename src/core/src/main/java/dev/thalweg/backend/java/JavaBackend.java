package dev.thalweg.backend.java;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Graph;
import dev.thalweg.memory.Lifetime;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Map;

/** Computes graphs in plain Java. */
public final class JavaBackend implements Backend {
    private final Lifetime lifetime = Lifetime.of("the java backend", "sets of parameters");
    private final Scope resources = new Scope();
    private final ThreadTeam team;

    /**
     * Starts the backend's threads.
     *
     * @param threads how many compute, the calling thread included
     */
    public JavaBackend(int threads) {
        team = resources.own(ThreadTeam.start(threads));
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public String description() {
        return "pure Java on " + System.getProperty("java.vm.name") + " " + Runtime.version();
    }

    @Override
    public int threads() {
        return team.members();
    }

    @Override
    public boolean computesIn(DataType type) {
        return type == DataType.FLOAT32;
    }

    @Override
    public Parameters newParameters(Map<String, Shape> shapes) {
        return new JavaParameters(this, lifetime, shapes);
    }

    @Override
    public Executable compile(Graph graph, Parameters parameters) {
        if (!(parameters instanceof JavaParameters own) || own.backend() != this) {
            throw new IllegalArgumentException(
                    "the java backend cannot use another backend's parameters: make them with newParameters");
        }
        try (Lifetime.Use _ = own.lifetime().enterAlone()) {
            return new JavaCompiler(graph, own, team).compile();
        }
    }

    @Override
    public void close() {
        lifetime.close(resources);
    }
}
