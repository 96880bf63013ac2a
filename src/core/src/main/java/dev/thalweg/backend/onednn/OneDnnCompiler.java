package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.graph.Value;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Turns a graph into a program: keeps where each value lies, brings values into the layouts that primitives want, and
 * puts the executable together. What each operation becomes is {@link Lowering}'s.
 */
final class OneDnnCompiler {
    private record Copy(MemoryDesc from, Location to) {}

    private final OneDnnBackend backend;
    private final Graph graph;
    private final OneDnnParameters parameters;
    private final Program program;
    private final Map<Value, Location> locations = new HashMap<>();
    private final Map<Buffer, List<Copy>> copies = new HashMap<>();
    private final Map<Buffer, String> parameterNames = new HashMap<>();
    private final Map<Buffer, Supplier<? extends java.nio.Buffer>> constants = new HashMap<>();
    private final Map<Value, Location> inputs = new HashMap<>();
    private final Map<Value, Location> results = new HashMap<>();
    private final List<Moved> movements = new ArrayList<>();

    OneDnnCompiler(OneDnnBackend backend, Graph graph, OneDnnParameters parameters) {
        this.backend = backend;
        this.graph = graph;
        this.parameters = parameters;
        this.program = new Program();
    }

    Executable compile() {
        try (Scope opening = new Scope()) {
            opening.own(program);
            lower();
            return link(opening);
        }
    }

    /** Makes the program; {@link #compile} does. */
    void lower() {
        for (Value input : graph.inputs()) {
            Location location = program.locate(MemoryDesc.plain(input.shape(), input.type()));
            location.buffer().givenForEachRun();
            locations.put(input, location);
            inputs.put(input, location);
        }
        Lowering lowering = new Lowering(this, backend.engine(), graph);
        graph.nodes().forEach(lowering::lower);
        for (Value output : graph.outputs()) {
            try (MemoryDesc plain = MemoryDesc.plain(output.shape(), output.type())) {
                Location location = in(output, plain);
                location.buffer().last = Buffer.ALWAYS_TO;
                results.put(output, location);
            }
        }
        program.awaitAllReduces();
    }

    /** Notes what changes a parameter after the graph. */
    void change(Node node, ParameterChange how) {
        Value parameter = node.input(0);
        Location location = find(parameter).orElseGet(() -> in(parameter, parameter.shape()));
        Location by = in(node.input(1), location.layout());
        by.buffer().last = Buffer.ALWAYS_TO;
        movements.add(new Moved(how, by, parameter.name()));
    }

    private Executable link(Scope opening) {
        parameters.settle();
        Map<Buffer, Piece> given = new HashMap<>();
        parameterNames.forEach(
                (buffer, name) -> given.put(buffer, parameters.block().value(name)));
        LinkedProgram linked =
                opening.own(new LinkedProgram(backend, graph.name(), program, given, constants, movements.isEmpty()));
        return new OneDnnExecutables(backend, graph, parameters, linked, inputs, results, movements).first(opening);
    }

    Processor processor() {
        return backend.processor();
    }

    ConvolutionChoice convolutions() {
        return backend.convolutions();
    }

    int threads() {
        return backend.threads();
    }

    Program program() {
        return program;
    }

    /** Says where a value lies. */
    void put(Value value, Location location) {
        locations.put(value, location);
    }

    /** A value as it lies; empty for a parameter whose layout is still open. */
    Optional<Location> find(Value value) {
        Location location = locations.get(value);
        if (location != null || !graph.parameters().contains(value)) {
            return Optional.ofNullable(location);
        }
        return parameters.layout(value.name()).map(layout -> parameterLocation(value, layout));
    }

    /** A parameter as it lies; empty while its layout is open. */
    Optional<Location> parameter(String name) {
        return graph.parameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .findFirst()
                .flatMap(this::find);
    }

    /** A value as it lies, unless it is a part of another. */
    Optional<Location> findWhole(Value value) {
        return find(value).filter(location -> !location.isPart());
    }

    /** A parameter whose layout is still open gets this one. */
    private Location choose(Value value, MemoryDesc layout) {
        parameters.choose(value.name(), layout);
        return parameterLocation(value, layout);
    }

    private Location parameterLocation(Value value, MemoryDesc layout) {
        Location location = new Location(new Buffer(layout.size()).always(), layout);
        parameterNames.put(location.buffer(), value.name());
        locations.put(value, location);
        return location;
    }

    /** A value with dims as wanted, in whatever layout it has. */
    Location in(Value value, Shape dims) {
        Location location = find(value).orElseGet(() -> choose(value, MemoryDesc.plain(dims, value.type())));
        if (location.layout().dims().equals(dims) && location.layout().type() == value.type() && !location.isPart()) {
            return location;
        }
        Location plain = converted(location, MemoryDesc.plain(location.layout().dims(), value.type()));
        return new Location(plain.buffer(), program.own(MemoryDesc.plain(dims, value.type())));
    }

    /**
     * A value in the layout wanted, reordered if it lies otherwise; a parameter that is still free takes that layout.
     */
    Location in(Value value, MemoryDesc wanted) {
        return find(value)
                .map(location -> converted(
                        location.layout().dims().equals(wanted.dims()) ? location : in(value, wanted.dims()),
                        wanted.copy()))
                .orElseGet(() -> choose(value, wanted.copy()));
    }

    /**
     * The same elements in another layout; takes ownership of the descriptor. Reordered once however often it is asked
     * for.
     */
    Location converted(Location location, MemoryDesc wanted) {
        // A part may lie as wanted, in memory that has more.
        if (location.layout().sameAs(wanted) && !location.isPart()) {
            wanted.close();
            return location;
        }
        List<Copy> known = copies.computeIfAbsent(location.buffer(), b -> new ArrayList<>());
        for (Copy copy : known) {
            // The same memory may be seen with its axes in another order, so what was copied counts too.
            if (copy.from().sameAs(location.layout())
                    && copy.to().layout().dims().equals(wanted.dims())
                    && copy.to().layout().sameAs(wanted)) {
                wanted.close();
                return copy.to();
            }
        }
        Location source = known.stream()
                .filter(copy -> copy.from().sameAs(location.layout()) && isShorterFormOf(location, copy.to(), wanted))
                .map(Copy::to)
                .findFirst()
                .orElse(location);
        Location copy = program.locate(wanted);
        program.add(
                program.own(PrimitiveDesc.reorder(backend.engine(), source.layout(), wanted)),
                Map.of(Argument.SRC, source, Argument.DST, copy));
        known.add(new Copy(location.layout(), copy));
        return copy;
    }

    /** Whether a copy was rounded to the floats wanted: it has their bits, and fewer bytes to be read. */
    private static boolean isShorterFormOf(Location location, Location copy, MemoryDesc wanted) {
        MemoryDesc layout = copy.layout();
        return layout.type() == wanted.type()
                && layout.type().isFloat()
                && layout.type().bytes() < location.layout().type().bytes()
                && layout.dims().equals(wanted.dims());
    }

    /**
     * The same location, for a result that takes the memory of what lies there: no copy of that, and that no copy, any
     * more.
     */
    Location overwrite(Location location) {
        copies.remove(location.buffer());
        copies.values().forEach(known -> known.removeIf(copy -> copy.to().buffer() == location.buffer()));
        return location;
    }

    /** Random numbers, drawn in every run. */
    Location mask(DropoutMask op) {
        Location location = program.locate(MemoryDesc.plain(op.shape(), DataType.FLOAT32));
        program.addMask(op, location);
        return location;
    }

    /** A tensor of one number, written when the graph is compiled. */
    Location constant(float value, Shape shape) {
        int length = shape.arrayLength();
        return constant(
                () -> {
                    float[] numbers = new float[length];
                    Arrays.fill(numbers, value);
                    return FloatBuffer.wrap(numbers);
                },
                shape);
    }

    /** A tensor of given numbers, written when the graph is compiled. */
    Location constant(Supplier<FloatBuffer> numbers, Shape shape) {
        return constant(numbers, MemoryDesc.plain(shape, DataType.FLOAT32));
    }

    /** One integer, written when the graph is compiled. */
    Location integer(int value) {
        return constant(() -> IntBuffer.wrap(new int[] {value}), MemoryDesc.plain(Shape.of(1), DataType.INT32));
    }

    /** Takes ownership of the layout. */
    private Location constant(Supplier<? extends java.nio.Buffer> numbers, MemoryDesc layout) {
        Location location = program.locate(layout);
        location.buffer().always();
        constants.put(location.buffer(), numbers);
        return location;
    }
}
