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
import java.util.Set;
import java.util.function.BiConsumer;

/** A network compiled to show what flows into the operations that could compute in 8-bit integers when predicting. */
public final class QuantizationProbe implements AutoCloseable {
    private final Executable executable;
    private final Network network;
    private final List<Value> inputs;
    /** By the parameter that is the operation's weights. */
    private final Map<String, Value> sources;
    /** Room for the numbers of each source. */
    private final Map<Value, float[]> seen = new LinkedHashMap<>();

    private QuantizationProbe(Executable executable, Network network, List<Value> inputs, Map<String, Value> sources) {
        this.executable = executable;
        this.network = network;
        this.inputs = inputs;
        this.sources = sources;
        sources.values()
                .forEach(source -> seen.put(source, new float[source.shape().arrayLength()]));
    }

    static QuantizationProbe compile(
            ModelDescription description, int batchSize, Backend backend, Parameters parameters) {
        NetworkGraph graph = new NetworkGraph(description, batchSize);
        Map<String, Value> sources = graph.quantizable();
        return new QuantizationProbe(
                graph.compilePure("quantization probe", new LinkedHashSet<>(sources.values()), backend, parameters),
                description.network(),
                graph.inputs(),
                sources);
    }

    /** {@return the parameters that are weights of operations that could compute in integers} */
    public Set<String> parameters() {
        return sources.keySet();
    }

    /**
     * Predicts, and shows what flowed into each of the operations.
     *
     * @param batch of the size that this was compiled for
     * @param observer gets the parameter and the numbers, which it may not keep
     */
    public void observe(Batch batch, BiConsumer<String, float[]> observer) {
        for (int i = 0; i < inputs.size(); i++) {
            executable.write(
                    inputs.get(i),
                    DataPorts.input(batch, network.inputs().get(i).name()));
        }
        executable.run();
        seen.forEach((source, numbers) -> executable.read(source, MemorySegment.ofArray(numbers)));
        sources.forEach((parameter, source) -> observer.accept(parameter, seen.get(source)));
    }

    @Override
    public void close() {
        executable.close();
    }
}
