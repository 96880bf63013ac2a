package dev.thalweg.backend.java;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.runtime.GraphExecutable;
import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.graph.Track;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.UnavailableException;
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
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof Cast) && node.outputs().stream().anyMatch(o -> o.type() != DataType.FLOAT32)) {
                throw new UnavailableException("the java backend computes in FLOAT32, got "
                        + node.output().type() + " from " + node.op() + " in graph \"" + graph.name()
                        + "\": use the onednn backend");
            }
        }
        try (Scope opening = new Scope()) {
            MemoryOwner memory = opening.own(MemoryOwner.named("java executable of graph \"" + graph.name() + "\""));
            return executable(new ValueMemory(graph, parameters, memory), opening);
        }
    }

    private Executable executable(ValueMemory values, Scope opening) {
        Seed seed = new Seed();
        Kernels kernels = new Kernels(values, seed, team.members());
        List<Kernel> program = new ArrayList<>();
        List<HostUpdates.Item> updates = new ArrayList<>();
        List<HostUpdates.Item> averages = new ArrayList<>();
        for (Node node : graph.nodes()) {
            program.addAll(kernels.of(node));
            if (node.op() instanceof ParameterChange change) {
                Value parameter = node.input(0);
                HostPiece by = new HostPiece(values.segment(node.input(1)));
                switch (change) {
                    case Update update -> updates.add(parameters.block().item(parameter.name(), update, by));
                    case Track track -> averages.add(parameters.block().item(parameter.name(), track, by));
                }
            }
        }
        return new GraphExecutable(
                graph.name(),
                parameters.lifetime(),
                values.report(),
                values.pieces(graph.inputs()),
                values.pieces(graph.outputs()),
                seed,
                new Body(program.toArray(Kernel[]::new)),
                new HostUpdates(team, updates),
                new HostUpdates(team, averages),
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
            if (graph.nodes().stream().anyMatch(n -> n.op() instanceof ParameterChange)) {
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
