package dev.thalweg.inference;

import dev.thalweg.model.Port;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.Counted;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What an inference takes and yields; it refuses calls that are not of it.
 *
 * @param inputs of one example, in the network's order
 * @param outputs of one example, in the network's order
 * @param batchSizes for which it is compiled
 */
record Signature(List<Port> inputs, List<Port> outputs, SortedSet<Integer> batchSizes) {
    /** Copies what is given. */
    Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        batchSizes = Collections.unmodifiableSortedSet(new TreeSet<>(batchSizes));
    }

    /**
     * Checks pictures and what else flows in.
     *
     * @return how many examples they are
     * @throws ShapeException if something is missing, too much, or of another size
     */
    int check(List<byte[]> pictures, Map<String, List<float[]>> others) {
        List<Port> left =
                inputs.stream().filter(port -> !others.containsKey(port.name())).toList();
        boolean floatsAlone = left.isEmpty() && pictures.isEmpty();
        if (!floatsAlone && left.size() != 1 || inputs.size() != others.size() + left.size()) {
            throw new ShapeException("the network takes " + inputs + ", got pictures for one input and "
                    + others.keySet() + " for others");
        }
        for (byte[] picture : pictures) {
            if (picture.length != left.getFirst().shape().elements()) {
                throw new ShapeException("the network takes pictures "
                        + left.getFirst().shape() + " of "
                        + left.getFirst().shape().elements()
                        + " bytes, got one of " + picture.length);
            }
        }
        int count = count(pictures, others);
        for (Port port : inputs) {
            List<float[]> rows = others.get(port.name());
            if (rows != null
                    && (rows.size() != count
                            || rows.stream()
                                    .anyMatch(row -> row.length != port.shape().elements()))) {
                throw new ShapeException("the network takes \"" + port.name() + "\" " + port.shape() + " for each of "
                        + Counted.of(count, "picture") + ", got rows of "
                        + rows.stream().map(row -> row.length).distinct().toList() + " numbers for " + rows.size());
            }
        }
        return count;
    }

    /** {@return how many examples there are, of pictures or of floats alone} */
    static int count(List<byte[]> pictures, Map<String, List<float[]>> others) {
        return pictures.isEmpty() && !others.isEmpty()
                ? others.values().iterator().next().size()
                : pictures.size();
    }

    /**
     * {@return the memory of ports in their order}
     *
     * @throws ShapeException if other ones are named
     */
    static List<MemorySegment> inOrder(List<Port> ports, Map<String, MemorySegment> named) {
        List<String> names = ports.stream().map(Port::name).toList();
        if (!named.keySet().equals(Set.copyOf(names))) {
            throw new ShapeException("expected memory for " + ports + ", got some for " + named.keySet());
        }
        return names.stream().map(named::get).toList();
    }

    /**
     * {@return how many examples there are in floats of each input and output}
     *
     * @throws ShapeException if they are of no batch size, or disagree
     */
    int batchSize(List<MemorySegment> given, List<MemorySegment> room) {
        int size = (int) (given.getFirst().byteSize() / bytes(inputs.getFirst(), 1));
        if (!batchSizes.contains(size) || !fit(size, inputs, given) || !fit(size, outputs, room)) {
            throw new ShapeException("expected batches of " + batchSizes + " examples of floats, inputs " + inputs
                    + " and outputs " + outputs + ", got " + bytes(given) + " bytes of inputs and room for "
                    + bytes(room) + " bytes of outputs");
        }
        return size;
    }

    private static boolean fit(int size, List<Port> ports, List<MemorySegment> segments) {
        return segments.size() == ports.size()
                && IntStream.range(0, ports.size())
                        .allMatch(i -> segments.get(i).byteSize() == bytes(ports.get(i), size));
    }

    private static List<Long> bytes(List<MemorySegment> segments) {
        return segments.stream().map(MemorySegment::byteSize).toList();
    }

    /** {@return how many bytes a batch takes at a port} */
    static long bytes(Port port, int batchSize) {
        return port.shape().batched(batchSize).elements() * Float.BYTES;
    }

    /** {@return whether every call of another signature is one of this} */
    boolean answers(Signature other) {
        return answers(inputs, other.inputs)
                && answers(outputs, other.outputs)
                && batchSizes.containsAll(other.batchSizes);
    }

    /** Nobody needs the name of what is alone. */
    private static boolean answers(List<Port> ours, List<Port> theirs) {
        return ours.size() == 1 && theirs.size() == 1
                ? ours.getFirst().shape().equals(theirs.getFirst().shape())
                : ours.equals(theirs);
    }

    /** For messages. */
    @Override
    public String toString() {
        return "inputs " + inputs + " in batches of " + batchSizes + ", outputs " + outputs;
    }
}
