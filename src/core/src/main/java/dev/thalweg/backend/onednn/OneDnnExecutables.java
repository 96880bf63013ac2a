package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.runtime.GraphExecutable;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.Updates;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.graph.Track;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The executables of one linked program. The last to be closed closes what they share. */
final class OneDnnExecutables {
    private final OneDnnBackend backend;
    private final Graph graph;
    private final OneDnnParameters parameters;
    private final LinkedProgram program;
    private final Map<Value, Location> inputs;
    private final Map<Value, Location> outputs;
    private final List<Moved> movements;
    private Scope shared = new Scope();
    private int open;

    OneDnnExecutables(
            OneDnnBackend backend,
            Graph graph,
            OneDnnParameters parameters,
            LinkedProgram program,
            Map<Value, Location> inputs,
            Map<Value, Location> outputs,
            List<Moved> movements) {
        this.backend = backend;
        this.graph = graph;
        this.parameters = parameters;
        this.program = program;
        this.inputs = inputs;
        this.outputs = outputs;
        this.movements = movements;
    }

    /** The first; from then on what the executables share is theirs to close. */
    synchronized Executable first(Scope sharedByAll) {
        Executable first = open();
        shared = sharedByAll.handOver();
        return first;
    }

    private synchronized Executable open() {
        try (Scope opening = new Scope()) {
            open++;
            opening.own(this::closed);
            MemoryOwner memory = opening.own(MemoryOwner.named("onednn executable of graph \"" + graph.name() + "\""));
            Seed seed = new Seed();
            ProgramRun run = opening.own(program.bind(memory, seed));
            Updates updates = backend.processor().updates(memory, backend.team(), items(run, Update.class));
            Updates averages = backend.processor().updates(memory, backend.team(), items(run, Track.class));
            return new GraphExecutable(
                    graph.name(),
                    parameters.lifetime(),
                    program.report(),
                    pieces(inputs, run),
                    pieces(outputs, run),
                    seed,
                    new Body(run),
                    updates,
                    averages,
                    opening);
        }
    }

    private List<HostUpdates.Item> items(ProgramRun run, Class<? extends ParameterChange> kind) {
        List<HostUpdates.Item> items = new ArrayList<>();
        for (Moved moved : movements) {
            Piece by = run.piece(moved.by());
            if (kind.isInstance(moved.how())) {
                items.add(
                        switch (moved.how()) {
                            case Track track -> parameters.block().item(moved.name(), track, by);
                            case Update update -> parameters.block().item(moved.name(), update, by);
                        });
            }
        }
        return items;
    }

    private static Map<Value, Piece> pieces(Map<Value, Location> locations, ProgramRun run) {
        Map<Value, Piece> pieces = new HashMap<>();
        locations.forEach((value, location) -> pieces.put(value, run.piece(location)));
        return pieces;
    }

    private synchronized void closed() {
        open--;
        if (open == 0) {
            shared.close();
        }
    }

    private final class Body implements GraphExecutable.Body {
        private final ProgramRun run;

        Body(ProgramRun run) {
            this.run = run;
        }

        @Override
        public void run() {
            program.prepare(parameters.block().version());
            run.run();
        }

        @Override
        public Executable fork() {
            if (!movements.isEmpty()) {
                throw new UnsupportedOperationException("graph \"" + graph.name()
                        + "\" changes parameters: only one executable of it can run at a time");
            }
            return open();
        }

        @Override
        public void moved() {
            parameters.block().touch();
        }
    }
}
