package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Node;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.RecurrenceBackward;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Recurrences;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.UnavailableException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Recurrent cells, forward and backward. */
final class RecurrenceLowering {
    /**
     * A recurrence that a backward pass returns to.
     *
     * @param last the states that it ends with
     */
    private record Forward(PrimitiveDesc desc, Optional<Location> workspace, Map<Argument, Location> last) {}

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;
    private final Map<Value, Forward> recurrent = new HashMap<>();

    RecurrenceLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
    }

    /** A recurrent cell's memories as oneDNN counts their axes; its weights' layouts are left to it. */
    private Recurrences.Layouts cell(Node node, Recurrence.Kind kind, boolean weightsAny) {
        context.processor().recurrencesRefused().ifPresent(why -> {
            throw new UnavailableException(kind + " cannot be computed on this GPU: " + why);
        });
        Shape source = node.input(0).shape();
        int hidden = node.input(2).shape().dim(0);
        Shape weights = Shape.of(1, 1, source.dim(2), kind.gates(), hidden);
        Shape weightsIter = Shape.of(1, 1, hidden, kind.gates(), hidden);
        return new Recurrences.Layouts(
                context.plain(source),
                context.plain(Shape.of(1, 1, source.dim(1), hidden)),
                weightsAny ? context.any(weights) : context.plain(weights),
                weightsAny ? context.any(weightsIter) : context.plain(weightsIter),
                context.plain(Shape.of(1, 1, Recurrence.BIASES, hidden)),
                context.plain(source.with(2, hidden)));
    }

    /** oneDNN's LSTM has four biases; so has the GRU that is linear before the reset. */
    private Map<Argument, Location> cellInputs(
            Node node, boolean lstm, Recurrences.Layouts layouts, PrimitiveDesc desc) {
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        // Without a first state, the gradient of an LSTM's recurrent weights comes out wrong in oneDNN 3.13.
        Location first = compiler.constant(0, layouts.state().dims());
        locations.putAll(states(lstm, Argument.SRC_ITER, Argument.SRC_ITER_C, () -> first));
        // Parameters stay plain: what the primitive packs for itself cannot be updated element by element.
        node.inputs().subList(1, 4).forEach(context::plainIn);
        locations.put(Argument.SRC, context.plainIn(node.input(0)));
        locations.put(
                Argument.WEIGHTS,
                context.chosen(
                        node.input(1), desc, Argument.WEIGHTS, layouts.weights().dims()));
        locations.put(
                Argument.WEIGHTS_ITER,
                context.chosen(
                        node.input(2),
                        desc,
                        Argument.WEIGHTS_ITER,
                        layouts.weightsIter().dims()));
        locations.put(Argument.BIAS, compiler.in(node.input(3), layouts.bias()));
        return locations;
    }

    /** A state, and that of the cell, which an LSTM has. */
    private static Map<Argument, Location> states(
            boolean lstm, Argument state, Argument cell, Supplier<Location> location) {
        return lstm ? Map.of(state, location.get(), cell, location.get()) : Map.of(state, location.get());
    }

    void forward(Node node, Recurrence op) {
        Recurrences.Layouts layouts = cell(node, op.kind(), true);
        boolean lstm = op.kind() == Recurrence.Kind.LSTM;
        PrimitiveDesc desc = context.own(Recurrences.forward(engine, lstm, context.training(), layouts));
        Map<Argument, Location> locations = cellInputs(node, lstm, layouts, desc);
        locations.put(
                Argument.DST, program.locate(MemoryDesc.plain(node.output().shape(), DataType.FLOAT32)));
        Map<Argument, Location> last = context.training()
                ? states(
                        lstm,
                        Argument.DST_ITER,
                        Argument.DST_ITER_C,
                        () -> program.locate(layouts.state().copy()))
                : Map.of();
        locations.putAll(last);
        Optional<Location> workspace = context.addWorkspace(desc, node, locations);
        program.add(desc, locations);
        compiler.put(node.output(), locations.get(Argument.DST));
        recurrent.put(node.output(), new Forward(desc, workspace, last));
    }

    void backward(Node node, RecurrenceBackward op) {
        Forward forward = LoweringContext.forward(recurrent, node.input(4));
        // Of a GPU, what oneDNN 3.13 chooses is refused or computes wrongly where a step or a state is one number.
        Recurrences.Layouts layouts = cell(node, op.kind(), context.processor().hasTeamKernels());
        boolean lstm = op.kind() == Recurrence.Kind.LSTM;
        PrimitiveDesc desc =
                context.own(Recurrences.backward(engine, lstm, layouts, cell(node, op.kind(), false), forward.desc()));
        Map<Argument, Location> locations = cellInputs(node, lstm, layouts, desc);
        locations.putAll(states(
                lstm,
                Argument.DIFF_SRC_ITER,
                Argument.DIFF_SRC_ITER_C,
                () -> program.locate(layouts.state().copy())));
        locations.putAll(forward.last());
        Location nothing = compiler.constant(0, layouts.state().dims());
        locations.putAll(states(lstm, Argument.DIFF_DST_ITER, Argument.DIFF_DST_ITER_C, () -> nothing));
        locations.put(Argument.DST, context.plainIn(node.input(4)));
        locations.put(Argument.DIFF_DST, context.plainIn(node.input(5)));
        forward.workspace().ifPresent(workspace -> locations.put(Argument.WORKSPACE, workspace));
        List<Argument> results =
                List.of(Argument.DIFF_SRC, Argument.DIFF_WEIGHTS, Argument.DIFF_WEIGHTS_ITER, Argument.DIFF_BIAS);
        List<Shape> dims = List.of(
                layouts.src().dims(),
                layouts.weights().dims(),
                layouts.weightsIter().dims(),
                layouts.bias().dims());
        for (int i = 0; i < results.size(); i++) {
            Location result = program.locate(MemoryDesc.plain(dims.get(i), DataType.FLOAT32));
            // The primitive adds to what stands there.
            context.copy(compiler.constant(0, dims.get(i)), result);
            locations.put(results.get(i), result);
            compiler.put(node.outputs().get(i), result);
        }
        program.add(desc, locations);
    }
}
