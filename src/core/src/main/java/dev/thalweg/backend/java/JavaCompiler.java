package dev.thalweg.backend.java;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.runtime.GraphExecutable;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import java.util.ArrayList;
import java.util.List;

/** Turns a graph into an executable: memory by {@link ValueMemory}, a list of kernels by {@link Kernels}. */
final class JavaCompiler {
    private final Graph graph;
    private final JavaParameters parameters;
    private final ThreadTeam team;

    JavaCompiler(Graph graph, JavaParameters parameters, ThreadTeam team) {
        this.graph = graph;
        this.parameters = parameters;
        this.team = team;
    }

    Executable compile() {
        try (Scope opening = new Scope()) {
            MemoryOwner memory = opening.own(MemoryOwner.named("java executable of graph \"" + graph.name() + "\""));
            return executable(new ValueMemory(graph, parameters, memory), opening);
        }
    }

    private Executable executable(ValueMemory values, Scope opening) {
        Seed seed = new Seed();
        Kernels kernels = new Kernels(values, parameters.block(), seed, team.members());
        List<Kernel> program = new ArrayList<>();
        graph.nodes().forEach(node -> program.addAll(kernels.of(node)));
        program.addAll(kernels.awaitingAll());
        return new GraphExecutable(
                graph.name(),
                parameters.lifetime(),
                values.report(),
                values.pieces(graph.inputs()),
                values.pieces(graph.outputs()),
                seed,
                new Body(program.toArray(Kernel[]::new)),
                new HostUpdates(team, kernels.updates()),
                new HostUpdates(team, kernels.averages()),
                opening);
    }

    private final class Body implements GraphExecutable.Body {
        private final Kernel[] program;

        Body(Kernel[] program) {
            this.program = program;
        }

        @Override
        public void run() {
            for (Kernel kernel : program) {
                kernel.compute(team);
            }
        }

        @Override
        public Executable fork() {
            if (!graph.nodes(ParameterChange.class).isEmpty()) {
                throw new UnsupportedOperationException("graph \"" + graph.name()
                        + "\" changes parameters: only one executable of it can run at a time");
            }
            return new JavaCompiler(graph, parameters, team).compile();
        }

        @Override
        public void moved() {
            parameters.block().touch();
        }
    }
}
