package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.BlockParameters;
import dev.thalweg.backend.runtime.ParameterBlock;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Storage;
import dev.thalweg.memory.Lifetime;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Parameters in their plain layout. */
final class JavaParameters implements BlockParameters {
    private final JavaBackend backend;
    private final ParameterBlock block;
    private final Lifetime lifetime;
    private final Scope resources;

    JavaParameters(JavaBackend backend, Lifetime backendLifetime, Map<String, Shape> shapes) {
        this.backend = backend;
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> sizes.put(name, shape.elements() * Float.BYTES));
        try (Scope opening = new Scope()) {
            MemoryOwner owner = opening.own(MemoryOwner.named("parameters of the java backend"));
            block = new ParameterBlock(Storage.HOST, owner, sizes);
            lifetime = backendLifetime.child("this set of parameters of the java backend", "executables");
            resources = opening.handOver();
        }
    }

    JavaBackend backend() {
        return backend;
    }

    @Override
    public Lifetime lifetime() {
        return lifetime;
    }

    @Override
    public String layouts() {
        return "row-major";
    }

    @Override
    public ParameterBlock block() {
        return block;
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
            throw new IllegalArgumentException(
                    "parameter " + name + " takes " + place.bytes() + " bytes, got " + plain.byteSize());
        }
    }

    @Override
    public void close() {
        lifetime.close(resources);
    }
}
