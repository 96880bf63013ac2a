package dev.thalweg.backend.java;

import dev.thalweg.backend.host.BlockParameters;
import dev.thalweg.backend.host.ParameterBlock;
import dev.thalweg.backend.host.Users;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Parameters in their plain layout. */
final class JavaParameters implements BlockParameters {
    private final MemoryOwner owner = MemoryOwner.named("parameters of the java backend");
    private final Users users = new Users();
    private final ParameterBlock block;

    JavaParameters(Map<String, Shape> shapes) {
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> sizes.put(name, shape.elements() * Float.BYTES));
        block = new ParameterBlock(owner, sizes);
    }

    @Override
    public ParameterBlock block() {
        return block;
    }

    Users users() {
        return users;
    }

    @Override
    public void fromPlain(String name, MemorySegment plain, MemorySegment place) {
        copy(name, plain, place);
    }

    @Override
    public void toPlain(String name, MemorySegment place, MemorySegment plain) {
        copy(name, place, plain);
    }

    private static void copy(String name, MemorySegment from, MemorySegment to) {
        if (from.byteSize() != to.byteSize()) {
            throw new IllegalArgumentException("parameter " + name + ": cannot copy " + from.byteSize() + " bytes to " + to.byteSize());
        }
        to.copyFrom(from);
    }

    @Override
    public void close() {
        users.checkNone(owner.name(), "executables");
        owner.close();
    }
}
