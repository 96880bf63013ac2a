package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a graph into a program: keeps where each value lies, brings values into the layouts that primitives want, and
 * puts the executable together. What each operation becomes is {@link Lowering}'s.
 */
final class OneDnnCompiler {
    private record Copy(MemoryDesc from, Place to) {}

    private final OneDnnBackend backend;
    private final Graph graph;
    private final OneDnnParameters parameters;
    private final Program program;
    private final Map<Value, Place> places = new HashMap<>();
    private final Map<Buffer, List<Copy>> copies = new HashMap<>();
    private final Map<Buffer, String> parameterNames = new HashMap<>();
    private final Map<Buffer, Float> constants = new HashMap<>();
    private final Map<Value, Place> results = new HashMap<>();

    OneDnnCompiler(OneDnnBackend backend, Graph graph, OneDnnParameters parameters) {
        this.backend = backend;
        this.graph = graph;
        this.parameters = parameters;
        this.program = new Program();
    }

    Executable compile() {
        try (Scope opening = new Scope()) {
            opening.own(program);
            return link(lower(), opening);
        }
    }

    private List<Moved> lower() {
        for (Value input : graph.inputs()) {
            Place place = program.place(MemoryDesc.plain(input.shape(), input.type()));
            place.buffer().givenForEachRun();
            places.put(input, place);
        }
        Lowering lowering = new Lowering(this, backend.engine(), graph);
        List<Moved> movements = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof ParameterChange change) {
                Value parameter = node.input(0);
                Place place = find(parameter) == null ? in(parameter, parameter.shape()) : find(parameter);
                Place gradient = in(node.input(1), place.layout());
                gradient.buffer().last = Buffer.ALWAYS_TO;
                movements.add(new Moved(change, gradient, parameter.name()));
            } else {
                lowering.lower(node);
            }
        }
        for (Value output : graph.outputs()) {
            try (MemoryDesc plain = MemoryDesc.plain(output.shape(), output.type())) {
                Place place = in(output, plain);
                place.buffer().last = Buffer.ALWAYS_TO;
                results.put(output, place);
            }
        }
        return movements;
    }

    private Executable link(List<Moved> movements, Scope opening) {
        parameters.settle();
        Map<Buffer, Piece> given = new HashMap<>();
        parameterNames.forEach(
                (buffer, name) -> given.put(buffer, parameters.block().value(name)));
        LinkedProgram linked =
                opening.own(new LinkedProgram(backend, graph.name(), program, given, constants, movements.isEmpty()));
        return new OneDnnExecutables(backend, graph, parameters, linked, places, results, movements).first(opening);
    }

    Device device() {
        return backend.device();
    }

    Program program() {
        return program;
    }

    /** Says where a value lies. */
    void put(Value value, Place place) {
        places.put(value, place);
    }

    /** A value as it lies; null for a parameter whose layout is still open. */
    Place find(Value value) {
        Place place = places.get(value);
        if (place == null && graph.parameters().contains(value)) {
            MemoryDesc layout = parameters.layout(value.name());
            if (layout != null) {
                place = parameterPlace(value, layout);
            }
        }
        return place;
    }

    private Place parameterPlace(Value value, MemoryDesc layout) {
        Place place = new Place(new Buffer(layout.size()).always(), layout);
        parameterNames.put(place.buffer(), value.name());
        places.put(value, place);
        return place;
    }

    /** A value with dims as wanted, in whatever layout it has. */
    Place in(Value value, Shape dims) {
        Place place = find(value);
        if (place == null) {
            MemoryDesc plain = MemoryDesc.plain(dims, value.type());
            parameters.choose(value.name(), plain);
            place = parameterPlace(value, plain);
        }
        if (place.layout().dims().equals(dims) && place.layout().type() == value.type()) {
            return place;
        }
        Place plain = converted(place, MemoryDesc.plain(place.layout().dims(), value.type()));
        return new Place(plain.buffer(), program.own(MemoryDesc.plain(dims, value.type())));
    }

    /**
     * A value in the layout wanted, reordered if it lies otherwise; a parameter that is still free takes that layout.
     */
    Place in(Value value, MemoryDesc wanted) {
        if (find(value) == null) {
            MemoryDesc layout = wanted.copy();
            parameters.choose(value.name(), layout);
            return parameterPlace(value, layout);
        }
        Place place = find(value);
        return converted(place.layout().dims().equals(wanted.dims()) ? place : in(value, wanted.dims()), wanted.copy());
    }

    /**
     * The same elements in another layout; takes ownership of the descriptor. Reordered once however often it is asked
     * for.
     */
    private Place converted(Place place, MemoryDesc wanted) {
        if (place.layout().sameAs(wanted)) {
            wanted.close();
            return place;
        }
        List<Copy> known = copies.computeIfAbsent(place.buffer(), b -> new ArrayList<>());
        for (Copy copy : known) {
            // The same memory may be seen with its axes in another order, so what was copied counts too.
            if (copy.from().sameAs(place.layout())
                    && copy.to().layout().dims().equals(wanted.dims())
                    && copy.to().layout().sameAs(wanted)) {
                wanted.close();
                return copy.to();
            }
        }
        Place copy = program.place(wanted);
        program.step(
                program.own(PrimitiveDesc.reorder(backend.engine(), place.layout(), wanted)),
                Map.of(Argument.SRC, place, Argument.DST, copy));
        known.add(new Copy(place.layout(), copy));
        return copy;
    }

    /**
     * The same place, for a result that takes the memory of what lies there: no copy of that, and that no copy, any
     * more.
     */
    Place overwrite(Place place) {
        copies.remove(place.buffer());
        copies.values().forEach(known -> known.removeIf(copy -> copy.to().buffer() == place.buffer()));
        return place;
    }

    /** Random numbers, drawn in every run. */
    Place mask(DropoutMask op) {
        Place place = program.place(MemoryDesc.plain(op.shape(), DataType.FLOAT32));
        program.maskStep(op, place);
        return place;
    }

    /** A tensor of one number, written when the graph is compiled. */
    Place constant(float value, Shape shape) {
        Place place = program.place(MemoryDesc.plain(shape, DataType.FLOAT32));
        place.buffer().always();
        constants.put(place.buffer(), value);
        return place;
    }
}
