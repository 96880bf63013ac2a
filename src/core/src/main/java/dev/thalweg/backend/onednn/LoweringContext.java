package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.plan.InPlace;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Map;
import java.util.Optional;

/**
 * What the lowering of every operation needs: locations in the layouts that primitives want, and what the graph says of
 * all its operations.
 */
final class LoweringContext {
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;
    private final boolean training;
    private final Map<Value, Value> inPlace;

    LoweringContext(OneDnnCompiler compiler, Engine engine, Graph graph) {
        this.compiler = compiler;
        this.program = compiler.program();
        this.engine = engine;
        this.inPlace = InPlace.of(graph);
        this.training = graph.nodes().stream().anyMatch(n -> n.op().servesGradients());
    }

    OneDnnCompiler compiler() {
        return compiler;
    }

    Program program() {
        return program;
    }

    Engine engine() {
        return engine;
    }

    Processor processor() {
        return compiler.processor();
    }

    /** Whether backward passes follow. */
    boolean training() {
        return training;
    }

    Location in(Node node, int input) {
        return compiler.in(node.input(input), node.input(input).shape());
    }

    MemoryDesc any(Shape dims, DataType type) {
        return program.own(MemoryDesc.any(dims, type));
    }

    MemoryDesc any(Shape dims) {
        return any(dims, DataType.FLOAT32);
    }

    MemoryDesc plain(Shape dims) {
        return program.own(MemoryDesc.plain(dims, DataType.FLOAT32));
    }

    PrimitiveDesc own(PrimitiveDesc desc) {
        return program.own(desc);
    }

    /** An input in the layout that a primitive chose. */
    Location chosen(Value value, PrimitiveDesc desc, Argument argument, Shape dims) {
        return compiler.in(value, program.own(desc.layout(argument, dims, value.type())));
    }

    /** A new location in the layout that a primitive chose. */
    Location result(PrimitiveDesc desc, Argument argument, Shape dims, DataType type) {
        return program.locate(desc.layout(argument, dims, type));
    }

    /** Room for what a forward pass leaves to its backward pass, where there is such a thing. */
    Optional<Location> addWorkspace(PrimitiveDesc desc, Node node, Map<Argument, Location> locations) {
        if (desc.size(Argument.WORKSPACE) == 0) {
            return Optional.empty();
        }
        // The workspace's dims and type are oneDNN's own affair; only its size matters here.
        Location workspace =
                program.locate(desc.layout(Argument.WORKSPACE, node.output().shape(), DataType.UINT8));
        locations.put(Argument.WORKSPACE, workspace);
        return Optional.of(workspace);
    }

    /** What the lowering of an operation noted for its backward pass, which reads one of its outputs. */
    static <T> T forward(Map<Value, T> noted, Value output) {
        T forward = noted.get(output);
        if (forward == null) {
            throw new IllegalStateException("a backward pass comes before its forward pass: nothing yielded " + output);
        }
        return forward;
    }

    void weightGradients(Node node, PrimitiveDesc desc, Shape dims, Map<Argument, Location> locations) {
        Location weights = result(desc, Argument.DIFF_WEIGHTS, dims, DataType.FLOAT32);
        locations.put(Argument.DIFF_WEIGHTS, weights);
        compiler.put(node.output(), weights);
        if (node.outputs().size() > 1) {
            Value bias = node.outputs().get(1);
            Location location = result(desc, Argument.DIFF_BIAS, bias.shape(), DataType.FLOAT32);
            locations.put(Argument.DIFF_BIAS, location);
            compiler.put(bias, location);
        }
        program.add(desc, locations);
    }

    /** A result of a layout: new, or in the memory of the input that may be overwritten. */
    Location resultOver(Node node, Value input, Location lies) {
        return takes(node, input)
                ? compiler.overwrite(lies)
                : program.locate(lies.layout().copy());
    }

    /**
     * A result that a primitive adds to what stands there: the summand itself if it may be overwritten, else a copy.
     * Takes ownership of the layout.
     */
    Location resultOnto(Node node, Value summand, MemoryDesc layout) {
        if (takes(node, summand)) {
            return compiler.overwrite(compiler.in(summand, program.own(layout)));
        }
        Location result = program.locate(layout);
        Location lies = compiler.find(summand).orElseGet(() -> compiler.in(summand, layout));
        copy(lies.layout().dims().equals(layout.dims()) ? lies : compiler.in(summand, layout.dims()), result);
        return result;
    }

    /** Whether a result lies where an input lay. */
    private boolean takes(Node node, Value input) {
        return input.equals(inPlace.get(node.output()));
    }

    Location plainIn(Value value) {
        return compiler.in(value, program.own(MemoryDesc.plain(value.shape(), value.type())));
    }

    /** Memory without gaps, seen as another plain tensor. */
    Location seenAs(Location location, Shape dims) {
        return new Location(
                location.buffer(),
                program.own(MemoryDesc.plain(dims, location.layout().type())));
    }

    void copy(Location from, Location to) {
        program.add(
                own(PrimitiveDesc.reorder(engine, from.layout(), to.layout())),
                Map.of(Argument.SRC, from, Argument.DST, to));
    }

    static Attributes attributes(PostOps postOps) {
        return attributes(postOps, new Attributes.Sum(1, 0));
    }

    /** Post-ops that add what stands in the destination in this way, if they add it. */
    static Attributes attributes(PostOps postOps, Attributes.Sum sum) {
        Attributes attributes = postOps.sum() ? Attributes.NONE.then(sum) : Attributes.NONE;
        return postOps.activation()
                .map(op -> attributes.then(
                        new Attributes.Eltwise(Algorithms.forward(op), Algorithms.alpha(op), op.beta())))
                .orElse(attributes);
    }

    static Attributes attributes(Optional<Eltwise> activation) {
        return attributes(new PostOps(false, activation));
    }
}
