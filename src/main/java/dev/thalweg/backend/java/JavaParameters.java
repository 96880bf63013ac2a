package dev.thalweg.backend.java;

import dev.thalweg.backend.Parameters;
import dev.thalweg.backend.host.ParameterBlock;
import dev.thalweg.backend.host.Users;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** Parameters in their plain layout. */
final class JavaParameters implements Parameters {
    private final MemoryOwner owner = MemoryOwner.named("parameters of the java backend");
    private final Users users = new Users();
    private final ParameterBlock block;

    JavaParameters(Map<String, Shape> shapes) {
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> sizes.put(name, shape.elements() * Float.BYTES));
        block = new ParameterBlock(owner, sizes);
    }

    ParameterBlock block() {
        return block;
    }

    Users users() {
        return users;
    }

    @Override
    public Set<String> names() {
        return block.names();
    }

    @Override
    public int slots() {
        return block.slots();
    }

    @Override
    public void write(String name, MemorySegment data) {
        copy(name, data, block.value(name));
    }

    @Override
    public void read(String name, MemorySegment data) {
        copy(name, block.value(name), data);
    }

    @Override
    public void writeSlot(String name, int slot, MemorySegment data) {
        copy(name, data, block.slot(name, slot));
    }

    @Override
    public void readSlot(String name, int slot, MemorySegment data) {
        copy(name, block.slot(name, slot), data);
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
