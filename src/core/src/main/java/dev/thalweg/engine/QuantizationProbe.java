package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.Batch;
import dev.thalweg.graph.Value;
import dev.thalweg.model.Network;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A network compiled to show what flows into the operations that could compute in 8-bit integers when predicting, and
 * what comes out of convolutions.
 */
public final class QuantizationProbe implements AutoCloseable {
    private final Executable executable;
    private final Network network;
    private final List<Value> inputs;
    /** By the names by which they are quantized. */
    private final Map<String, Value> quantizable;
    /** Room for the numbers of each. */
    private final Map<Value, float[]> seen = new LinkedHashMap<>();

    private QuantizationProbe(
            Executable executable, Network network, List<Value> inputs, Map<String, Value> quantizable) {
        this.executable = executable;
        this.network = network;
        this.inputs = inputs;
        this.quantizable = quantizable;
        quantizable
                .values()
                .forEach(value -> seen.put(value, new float[value.shape().arrayLength()]));
    }

    static QuantizationProbe compile(
            ModelDescription description, int batchSize, Backend backend, Parameters parameters) {
        NetworkGraph graph = new NetworkGraph(description, batchSize);
        Map<String, Value> quantizable = graph.quantizable();
        return new QuantizationProbe(
                graph.compilePure("quantization probe", new LinkedHashSet<>(quantizable.values()), backend, parameters),
                description.network(),
                graph.inputs(),
                quantizable);
    }

    /**
     * Predicts, and shows what flowed.
     *
     * @param batch of the size that this was compiled for
     * @param observer gets a name and the numbers, which it may not keep
     */
    public void observe(Batch batch, BiConsumer<String, float[]> observer) {
        for (int i = 0; i < inputs.size(); i++) {
            executable.write(
                    inputs.get(i),
                    DataPorts.input(batch, network.inputs().get(i).name()));
        }
        executable.run();
        seen.forEach((value, numbers) -> executable.read(value, MemorySegment.ofArray(numbers)));
        quantizable.forEach((name, value) -> observer.accept(name, seen.get(value)));
    }

    @Override
    public void close() {
        executable.close();
    }
}
