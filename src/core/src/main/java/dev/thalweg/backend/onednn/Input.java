package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.function.Function;

/**
 * What a primitive reads, in whichever layout it chooses.
 *
 * @param dims its extents
 * @param type of its numbers
 * @param layouts gives it in a layout
 */
record Input(Shape dims, DataType type, Function<MemoryDesc, Location> layouts) {
    static Input of(OneDnnCompiler compiler, Value value) {
        return new Input(value.shape(), value.type(), layout -> compiler.in(value, layout));
    }

    static Input of(OneDnnCompiler compiler, Location location) {
        MemoryDesc lies = location.layout();
        return new Input(lies.dims(), lies.type(), layout -> compiler.converted(location, layout.copy()));
    }

    /** This in the layout that a primitive chose. */
    Location chosen(Program program, PrimitiveDesc desc, Argument argument) {
        return layouts.apply(program.own(desc.layout(argument, dims, type)));
    }
}
