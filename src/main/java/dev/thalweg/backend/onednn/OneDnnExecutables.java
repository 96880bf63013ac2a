package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.host.HostExecutable;
import dev.thalweg.backend.host.Piece;
import dev.thalweg.backend.host.Seed;
import dev.thalweg.backend.host.UpdatePass;
import dev.thalweg.backend.host.Updates;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Track;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.tensor.MemoryOwner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The executables of one linked program. The last to be closed closes it. */
final class OneDnnExecutables {
    private final OneDnnBackend backend;
    private final Graph graph;
    private final OneDnnParameters parameters;
    private final LinkedProgram program;
    private final Map<Value, Place> inputs;
    private final Map<Value, Place> outputs;
    private final List<Moved> movements;
    private int open;

    OneDnnExecutables(OneDnnBackend backend, Graph graph, OneDnnParameters parameters, LinkedProgram program, Map<Value, Place> inputs,
            Map<Value, Place> outputs, List<Moved> movements) {
        this.backend = backend;
        this.graph = graph;
        this.parameters = parameters;
        this.program = program;
        this.inputs = inputs;
        this.outputs = outputs;
        this.movements = movements;
    }

    Executable first() {
        try {
            return open();
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    private synchronized Executable open() {
        MemoryOwner memory = MemoryOwner.named("onednn executable of graph \"" + graph.name() + "\"");
        try {
            Seed seed = new Seed();
            ProgramRun run = program.bind(memory, seed);
            Updates updates = backend.device().updates(memory, backend.team(), items(run, Update.class));
            Updates averages = backend.device().updates(memory, backend.team(), items(run, Track.class));
            open++;
            parameters.users().enter();
            return new HostExecutable(graph.name(), memory, program.report(), pieces(graph.inputs(), inputs, run),
                    pieces(graph.outputs(), outputs, run), seed, new Body(run), updates, averages);
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private List<UpdatePass.Item> items(ProgramRun run, Class<?> kind) {
        List<UpdatePass.Item> items = new ArrayList<>();
        for (Moved moved : movements) {
            Piece by = run.piece(moved.by());
            if (kind.isInstance(moved.how())) {
                items.add(moved.how() instanceof Track track ? parameters.block().item(moved.name(), track, by)
                        : parameters.block().item(moved.name(), (Update) moved.how(), by));
            }
        }
        return items;
    }

    private static Map<Value, Piece> pieces(List<Value> values, Map<Value, Place> places, ProgramRun run) {
        Map<Value, Piece> pieces = new HashMap<>();
        values.forEach(value -> pieces.put(value, run.piece(places.get(value))));
        return pieces;
    }

    private synchronized void closed() {
        if (--open == 0) {
            program.close();
        }
    }

    private final class Body implements HostExecutable.Body {
        private final ProgramRun run;

        Body(ProgramRun run) {
            this.run = run;
        }

        @Override
        public void run() {
            OneDnn.setThreads(backend.threads());
            program.prepare(parameters.block().version());
            run.run();
        }

        @Override
        public Executable fork() {
            if (!movements.isEmpty()) {
                throw new UnsupportedOperationException("graph \"" + graph.name() + "\" changes parameters: only one executable of it can run at a time");
            }
            return open();
        }

        @Override
        public void moved() {
            parameters.block().touch();
        }

        @Override
        public void release() {
            run.close();
            closed();
            parameters.users().leave();
        }
    }
}
