package dev.thalweg.inference;

import dev.thalweg.data.Normalizer;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Port;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** Room for one call at a time: an executable for each batch size, and floats of each input and output. */
final class Session {
    private final Signature signature;
    private final Normalizer normalizer;
    private final NavigableMap<Integer, NetworkExecutable> executables = new TreeMap<>();
    private final List<MemorySegment> inputs;
    private final List<MemorySegment> outputs;

    /** Makes activations of its own for what was compiled, which {@code opening} and {@code memory} free. */
    Session(
            Signature signature,
            Normalizer normalizer,
            Collection<NetworkExecutable> compiled,
            MemoryOwner memory,
            Scope opening) {
        this.signature = signature;
        this.normalizer = normalizer;
        compiled.forEach(executable -> executables.put(executable.batchSize(), opening.own(executable.fork())));
        int most = executables.lastKey();
        this.inputs = rooms(memory, signature.inputs(), most);
        this.outputs = rooms(memory, signature.outputs(), most);
    }

    private static List<MemorySegment> rooms(MemoryOwner memory, List<Port> ports, int most) {
        return ports.stream()
                .map(port -> memory.allocate(Signature.bytes(port, most)))
                .toList();
    }

    /** Computes floats of a batch into others. */
    void run(int batchSize, List<MemorySegment> given, List<MemorySegment> room) {
        Objects.requireNonNull(executables.get(batchSize), "batch size").predict(given, room);
    }

    /** Writes what an input takes of some pictures. */
    @FunctionalInterface
    interface Writer {
        /**
         * Writes it.
         *
         * @param input which, in the order of the signature
         * @param room to write to, row-major
         * @param from the first picture
         * @param to the one after the last
         */
        void write(int input, MemorySegment room, int from, int to);
    }

    /** A row for each picture, of each output in their order. */
    List<List<float[]>> predict(List<byte[]> pictures, Map<String, List<float[]>> others) {
        return predict(Signature.count(pictures, others), (input, room, from, to) -> {
            List<float[]> rows = others.get(signature.inputs().get(input).name());
            if (rows == null) {
                writePictures(room, pictures.subList(from, to));
            } else {
                writeRows(room, rows.subList(from, to));
            }
        });
    }

    /** A row for each of so many pictures, of each output in their order. */
    List<List<float[]>> predict(int count, Writer writer) {
        List<List<float[]>> rows = new ArrayList<>();
        outputs.forEach(_ -> rows.add(new ArrayList<>()));
        int from = 0;
        while (from < count) {
            Map.Entry<Integer, NetworkExecutable> fitting = executables.ceilingEntry(count - from);
            NetworkExecutable executable = fitting != null
                    ? fitting.getValue()
                    : executables.lastEntry().getValue();
            int to = Math.min(count, from + executable.batchSize());
            for (int i = 0; i < inputs.size(); i++) {
                writer.write(i, inputs.get(i), from, to);
            }
            run(executable, to - from, rows);
            from = to;
        }
        return rows;
    }

    private void writePictures(MemorySegment input, List<byte[]> pictures) {
        float[] normalized = new float[pictures.getFirst().length];
        for (int i = 0; i < pictures.size(); i++) {
            normalizer.apply(pictures.get(i), normalized);
            writeRow(input, i, normalized);
        }
    }

    private static void writeRows(MemorySegment input, List<float[]> rows) {
        for (int i = 0; i < rows.size(); i++) {
            writeRow(input, i, rows.get(i));
        }
    }

    private static void writeRow(MemorySegment input, int row, float[] floats) {
        MemorySegment.copy(
                floats, 0, input, ValueLayout.JAVA_FLOAT, (long) row * floats.length * Float.BYTES, floats.length);
    }

    /** Computes what was written and adds the rows of the first pictures. */
    private void run(NetworkExecutable executable, int pictures, List<List<float[]>> rows) {
        List<MemorySegment> written = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            written.add(
                    inputs.get(i).asSlice(0, Signature.bytes(signature.inputs().get(i), executable.batchSize())));
        }
        executable.predict(written, outputs);
        for (int output = 0; output < rows.size(); output++) {
            int length = signature.outputs().get(output).shape().arrayLength();
            for (int i = 0; i < pictures; i++) {
                float[] row = new float[length];
                MemorySegment.copy(
                        outputs.get(output), ValueLayout.JAVA_FLOAT, (long) i * length * Float.BYTES, row, 0, length);
                rows.get(output).add(row);
            }
        }
    }
}
