package dev.thalweg.backend.java;

import dev.thalweg.backend.host.BlockParameters;
import dev.thalweg.backend.host.ParameterBlock;
import dev.thalweg.backend.host.Piece;
import dev.thalweg.backend.host.Storage;
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
        block = new ParameterBlock(Storage.HOST, owner, sizes);
    }

    @Override
    public ParameterBlock block() {
        return block;
    }

    Users users() {
        return users;
    }

    @Override
    public void fromPlain(String name, MemorySegment plain, Piece place) {
        check(name, place, plain);
        place.write(plain);
    }

    @Override
    public void toPlain(String name, Piece place, MemorySegment plain) {
        check(name, place, plain);
        place.read(plain);
    }

    private static void check(String name, Piece place, MemorySegment plain) {
        if (plain.byteSize() != place.bytes()) {
            throw new IllegalArgumentException("parameter " + name + " takes " + place.bytes() + " bytes, got " + plain.byteSize());
        }
    }

    @Override
    public void close() {
        users.checkNone(owner.name(), "executables");
        owner.close();
    }
}
