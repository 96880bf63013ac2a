package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.Movement;
import dev.thalweg.backend.Parameters;
import dev.thalweg.collective.Replication;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchPart;
import dev.thalweg.graph.Value;
import dev.thalweg.metric.Metric;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A network compiled for batches of one size: to predict, to evaluate, to train, or for its gradients alone. */
public final class NetworkExecutable implements AutoCloseable {
    /** What a network is compiled for. */
    enum Purpose {
        PREDICT(false, false, "predict"),
        EVALUATE(true, false, "evaluate"),
        TRAIN(true, true, "train"),
        GRADIENTS(true, true, "gradients");

        /** Whether there is a loss. */
        private final boolean loss;
        /** Whether layers act as in training, and gradients are computed. */
        private final boolean training;

        private final String description;

        Purpose(boolean loss, boolean training, String description) {
            this.loss = loss;
            this.training = training;
            this.description = description;
        }
    }

    private final Executable executable;
    private final Network network;
    private final NetworkValues values;
    /** By parameter; empty unless the gradients are wanted. */
    private final Map<String, Value> gradients;

    /** What part of the batch is computed here; empty where all of it is. */
    private final Optional<Value> share;

    /** For what is written and read one by one. */
    private final float[] number = new float[1];
    /** What was read last of each output. */
    private final List<float[]> predicted;

    /** Of the batch that was written last. */
    private BatchPart part;

    private NetworkExecutable(
            Executable executable,
            Network network,
            NetworkValues values,
            Map<String, Value> gradients,
            Optional<Value> share) {
        this.executable = executable;
        this.network = network;
        this.values = values;
        this.gradients = gradients;
        this.share = share;
        this.part = BatchPart.whole(values.predictions().getFirst().shape().dim(0));
        this.predicted = values.predictions().stream()
                .map(p -> new float[p.shape().arrayLength()])
                .toList();
    }

    /** Compiles a network; {@code trainedOn} says how large the layers see pictures in training. */
    static NetworkExecutable compile(
            ModelDescription description,
            Purpose purpose,
            int batchSize,
            Shape trainedOn,
            Replication replication,
            Backend backend,
            Parameters parameters) {
        NetworkGraph graph = new NetworkGraph(description, batchSize, trainedOn, replication);
        NetworkValues values = purpose.loss
                ? NetworkValues.withLosses(graph, description, purpose.training)
                : NetworkValues.predicting(graph);
        Set<Value> read = new LinkedHashSet<>(values.read());
        Map<String, Value> gradients = new LinkedHashMap<>();
        if (purpose.training) {
            List<Value> trained = description.trainable().stream()
                    .map(p -> graph.builder().parameter(p.name(), p.shape()))
                    .toList();
            if (purpose == Purpose.TRAIN) {
                graph.descend(values.ownTotal().orElseThrow(), trained);
            } else {
                List<Value> slopes = graph.differentiate(values.ownTotal().orElseThrow(), trained);
                read.addAll(slopes);
                for (int i = 0; i < trained.size(); i++) {
                    gradients.put(trained.get(i).name(), slopes.get(i));
                }
            }
        }
        Executable executable = purpose == Purpose.GRADIENTS
                ? graph.compilePure(purpose.description, read, backend, parameters)
                : graph.compile(purpose.description, read, backend, parameters);
        return new NetworkExecutable(executable, description.network(), values, gradients, graph.share());
    }

    /**
     * Copies a batch in, of the size of this and as {@link DataPorts} knows it; its targets are not looked at where
     * only predictions are wanted.
     *
     * @param batch of this network
     */
    public void write(Batch batch) {
        part = batch.part();
        number[0] = part.share();
        share.ifPresent(value -> executable.write(value, MemorySegment.ofArray(number)));
        for (int i = 0; i < values.inputs().size(); i++) {
            executable.write(
                    values.inputs().get(i),
                    DataPorts.input(batch, network.inputs().get(i).name()));
        }
        for (int i = 0; i < values.targets().size(); i++) {
            executable.write(
                    values.targets().get(i),
                    DataPorts.targets(batch, network.outputs().get(i).name()));
        }
    }

    /** Computes what was written, without updates. */
    public void run() {
        executable.run();
    }

    /**
     * Trains on what was written.
     *
     * @param seed of what is random
     * @param learningRate of the update
     * @param step how many updates went before
     * @return false if the gradient was not finite, so that nothing moved
     */
    public boolean train(long seed, float learningRate, long step) {
        seed(seed);
        return executable.run(learningRate, step);
    }

    private void seed(long seed) {
        executable.seed(seed, part.first(), part.computed());
    }

    /** Adds the gradient of what was written, times a weight, to those that wait. */
    public void accumulate(long seed, float weight) {
        seed(seed);
        executable.accumulate(weight);
    }

    /** Moves the parameters by the gradients that wait; false if they were not finite. */
    public boolean update(float learningRate, long step) {
        return executable.update(learningRate, step);
    }

    /** Computes the gradients of the loss of what was written, row-major by the name of their parameter. */
    public Map<String, float[]> gradients(long seed) {
        seed(seed);
        executable.run();
        Map<String, float[]> numbers = new LinkedHashMap<>();
        gradients.forEach((name, value) -> {
            float[] gradient = new float[value.shape().arrayLength()];
            executable.read(value, MemorySegment.ofArray(gradient));
            numbers.put(name, gradient);
        });
        return numbers;
    }

    /** Has updates measure weights and movements. */
    public void watch(boolean on) {
        executable.watch(on);
    }

    /** {@return what the last update came to} */
    public List<Movement> movements() {
        return executable.movements();
    }

    /** {@return the mean loss of the last batch, in all replicas: of several outputs, the weighted sum of theirs} */
    public float loss() {
        return number(values.total().orElseThrow());
    }

    /**
     * {@return the mean loss of an output over the last batch, not weighed}
     *
     * @param output counted from 0
     */
    public float loss(int output) {
        return number(values.losses().get(output));
    }

    private float number(Value value) {
        executable.read(value, MemorySegment.ofArray(number));
        return number[0];
    }

    /**
     * {@return the sum of a measure over the pictures of the last batch that count here}
     *
     * @param output of which, counted from 0
     * @param batch with its targets
     * @param measure of one picture
     */
    public double sum(int output, Batch batch, Metric.OfPicture measure) {
        List<float[]> rows = outputs(output);
        String name = network.outputs().get(output).name();
        double sum = 0;
        for (int i = 0; i < batch.part().size(); i++) {
            sum += measure.of(rows.get(i), DataPorts.target(batch, name, i));
        }
        return sum;
    }

    /**
     * {@return what an output says of the last batch, a row for each picture}
     *
     * @param output counted from 0
     */
    public List<float[]> outputs(int output) {
        float[] all = predicted.get(output);
        executable.read(values.predictions().get(output), MemorySegment.ofArray(all));
        int length = all.length / batchSize();
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < batchSize(); i++) {
            float[] row = new float[length];
            System.arraycopy(all, i * length, row, 0, length);
            rows.add(row);
        }
        return rows;
    }

    /** {@return for how many pictures this is compiled} */
    public int batchSize() {
        return values.predictions().getFirst().shape().dim(0);
    }

    /**
     * Runs and copies the outputs out.
     *
     * @param inputs floats {@code [N, ...]}, in the order of the network's inputs
     * @param results receive floats {@code [N, ...]}, in the order of its outputs; they may be longer
     */
    public void predict(List<MemorySegment> inputs, List<MemorySegment> results) {
        for (int i = 0; i < inputs.size(); i++) {
            executable.write(values.inputs().get(i), inputs.get(i));
        }
        executable.run();
        for (int i = 0; i < results.size(); i++) {
            Value prediction = values.predictions().get(i);
            executable.read(
                    prediction, results.get(i).asSlice(0, prediction.shape().elements() * Float.BYTES));
        }
    }

    /** {@return another one of the same compiled graph, to run on another thread} */
    public NetworkExecutable fork() {
        return new NetworkExecutable(executable.fork(), network, values, gradients, share);
    }

    /** {@return what memory it takes off the heap} */
    public MemoryReport memory() {
        return executable.memory();
    }

    @Override
    public void close() {
        executable.close();
    }
}
