package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.Movement;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.Batch;
import dev.thalweg.graph.Value;
import dev.thalweg.metric.Metric;
import dev.thalweg.text.Returned;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    private final Value pictures;
    /** Null where only predictions are wanted. */
    private final Value targets;
    /** Null where only predictions are wanted. */
    private final Value loss;

    private final Value predictions;
    /** By parameter; empty unless the gradients are wanted. */
    private final Map<String, Value> gradients;

    private final float[] lossResult = new float[1];
    private final float[] predicted;

    private NetworkExecutable(
            Executable executable,
            Value pictures,
            Value targets,
            Value loss,
            Value predictions,
            Map<String, Value> gradients) {
        this.executable = executable;
        this.pictures = pictures;
        this.targets = targets;
        this.loss = loss;
        this.predictions = predictions;
        this.gradients = gradients;
        this.predicted = new float[predictions.shape().arrayLength()];
    }

    static NetworkExecutable compile(
            ModelDescription description, Purpose purpose, int batchSize, Backend backend, Parameters parameters) {
        NetworkGraph graph = new NetworkGraph(description, batchSize);
        Value predictions = graph.predictions(purpose.training);
        List<Value> outputs = new ArrayList<>(List.of(predictions));
        Value targets = purpose.loss ? graph.builder().input("targets", predictions.shape()) : null;
        Value loss = purpose.loss
                ? Returned.by(description.loss(), "of", description.loss().of(graph.builder(), predictions, targets))
                : null;
        if (purpose.loss) {
            outputs.add(loss);
        }
        Map<String, Value> gradients = new LinkedHashMap<>();
        if (purpose.training) {
            List<Value> trained = description.trainable().stream()
                    .map(p -> graph.builder().parameter(p.name(), p.shape()))
                    .toList();
            if (purpose == Purpose.TRAIN) {
                graph.descend(loss, trained);
            } else {
                List<Value> slopes = graph.differentiate(loss, trained);
                outputs.addAll(slopes);
                for (int i = 0; i < trained.size(); i++) {
                    gradients.put(trained.get(i).name(), slopes.get(i));
                }
            }
        }
        Executable executable = purpose == Purpose.GRADIENTS
                ? graph.compilePure(purpose.description, outputs, backend, parameters)
                : graph.compile(purpose.description, outputs, backend, parameters);
        return new NetworkExecutable(executable, graph.pictures(), targets, loss, predictions, gradients);
    }

    /** Copies a batch in, of the size of this. */
    public void write(Batch batch) {
        write(batch.images(), batch.targets());
    }

    /**
     * Copies a batch in.
     *
     * @param images floats {@code [N, C, H, W]}, N the batch size of this
     * @param wanted floats as the predictions' shape; not looked at where only predictions are wanted
     */
    public void write(MemorySegment images, MemorySegment wanted) {
        executable.write(pictures, images);
        if (targets != null) {
            executable.write(targets, wanted);
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
        executable.seed(seed);
        return executable.run(learningRate, step);
    }

    /** Adds the gradient of what was written, times a weight, to those that wait. */
    public void accumulate(long seed, float weight) {
        executable.seed(seed);
        executable.accumulate(weight);
    }

    /** Moves the parameters by the gradients that wait; false if they were not finite. */
    public boolean update(float learningRate, long step) {
        return executable.update(learningRate, step);
    }

    /** Computes the gradients of the loss of what was written, row-major by the name of their parameter. */
    public Map<String, float[]> gradients(long seed) {
        executable.seed(seed);
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

    /** {@return the mean loss of the last batch} */
    public float loss() {
        executable.read(loss, MemorySegment.ofArray(lossResult));
        return lossResult[0];
    }

    /**
     * {@return the sum of a measure over the pictures of the last batch}
     *
     * @param batch with its targets
     * @param measure of one picture
     */
    public double sum(Batch batch, Metric.OfPicture measure) {
        List<float[]> outputs = outputs();
        double sum = 0;
        for (int i = 0; i < batch.size(); i++) {
            sum += measure.of(outputs.get(i), batch.target(i));
        }
        return sum;
    }

    /** {@return the last batch's outputs, a row for each picture} */
    public List<float[]> outputs() {
        executable.read(predictions, MemorySegment.ofArray(predicted));
        int classes = predicted.length / batchSize();
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < batchSize(); i++) {
            float[] row = new float[classes];
            System.arraycopy(predicted, i * classes, row, 0, classes);
            rows.add(row);
        }
        return rows;
    }

    /** {@return for how many pictures this is compiled} */
    public int batchSize() {
        return predictions.shape().dim(0);
    }

    /** Runs pictures {@code [N, C, H, W]} and copies the outputs out. */
    public void predict(MemorySegment images, MemorySegment results) {
        executable.write(pictures, images);
        executable.run();
        executable.read(predictions, results.asSlice(0, predicted.length * (long) Float.BYTES));
    }

    /** {@return another one of the same compiled graph, to run on another thread} */
    public NetworkExecutable fork() {
        return new NetworkExecutable(executable.fork(), pictures, targets, loss, predictions, gradients);
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
