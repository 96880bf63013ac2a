package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.Movement;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.Batch;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.Loss;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.model.Network;
import dev.thalweg.optim.Descent;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A network compiled for batches of one size: to predict, to evaluate, or to train. */
public final class NetworkExecutable implements AutoCloseable {
    private final Executable executable;
    private final Value pictures;
    /** Null where only predictions are wanted. */
    private final Value targets;

    private final Value loss;
    private final Value predictions;
    private final float[] lossResult = new float[1];
    private final float[] predicted;

    /** A loss makes it evaluate, a descent besides makes it train. */
    public NetworkExecutable(
            Backend backend,
            Network network,
            Parameters parameters,
            int batchSize,
            Loss loss,
            Descent descent,
            Predicate<String> frozen,
            Computation computation) {
        GraphBuilder builder = new GraphBuilder();
        this.pictures = builder.input("pictures", network.input().batched(batchSize));
        this.predictions = network.build(builder, pictures, descent != null, frozen);
        Passes.beforeGradients(builder, List.of(predictions), descent != null);
        List<Value> outputs = new ArrayList<>(List.of(predictions));
        this.targets = loss == null ? null : builder.input("targets", predictions.shape());
        this.loss = loss == null ? null : loss.of(builder, predictions, targets);
        if (loss != null) {
            outputs.add(this.loss);
        }
        if (descent != null) {
            List<Value> trained = network.parameters().stream()
                    .filter(p -> p.trained() && !frozen.test(p.name()))
                    .map(p -> builder.parameter(p.name(), p.shape()))
                    .toList();
            List<Value> gradients = Gradients.of(
                    builder,
                    builder.linear(this.loss, computation.lossScale(), 0),
                    trained,
                    computation.gradientCheckpointing());
            for (int i = 0; i < trained.size(); i++) {
                builder.update(
                        descent.update(trained.get(i).name()),
                        trained.get(i),
                        builder.linear(gradients.get(i), 1 / computation.lossScale(), 0));
            }
        }
        String purpose = descent != null ? "train" : loss != null ? "evaluate" : "predict";
        Graph graph = builder.build(purpose + " batch " + batchSize, outputs);
        this.executable = backend.compile(Passes.afterGradients(graph, computation.precision()), parameters);
        this.predicted = new float[predictions.shape().arrayLength()];
    }

    private NetworkExecutable(Executable executable, Value pictures, Value targets, Value loss, Value predictions) {
        this.executable = executable;
        this.pictures = pictures;
        this.targets = targets;
        this.loss = loss;
        this.predictions = predictions;
        this.predicted = new float[predictions.shape().arrayLength()];
    }

    private void write(Batch batch) {
        executable.write(pictures, batch.images());
        if (targets != null) {
            executable.write(targets, batch.targets());
        }
    }

    /** Runs a batch of this pass' size, without updates. */
    public void run(Batch batch) {
        write(batch);
        executable.run();
    }

    /** Trains on a batch of this pass' size; false if its gradient was not finite, so that nothing moved. */
    public boolean train(Batch batch, long seed, float learningRate, long step) {
        write(batch);
        executable.seed(seed);
        return executable.run(learningRate, step);
    }

    /** Adds the gradient of a batch, times a weight, to those that wait. */
    public void accumulate(Batch batch, long seed, float weight) {
        write(batch);
        executable.seed(seed);
        executable.accumulate(weight);
    }

    /** Moves the parameters by the gradients that wait; false if they were not finite. */
    public boolean update(float learningRate, long step) {
        return executable.update(learningRate, step);
    }

    public void watch(boolean on) {
        executable.watch(on);
    }

    public List<Movement> movements() {
        return executable.movements();
    }

    /** The mean loss of the last batch. */
    public float loss() {
        executable.read(loss, MemorySegment.ofArray(lossResult));
        return lossResult[0];
    }

    /** How many pictures of the last batch have their greatest output where the label says. */
    public int correct(Batch batch) {
        List<float[]> outputs = outputs(batch);
        int correct = 0;
        for (int i = 0; i < batch.size(); i++) {
            correct += Accuracy.argmax(outputs.get(i)) == batch.label(i) ? 1 : 0;
        }
        return correct;
    }

    /** The last batch's outputs, a row for each picture. */
    public List<float[]> outputs(Batch batch) {
        executable.read(predictions, MemorySegment.ofArray(predicted));
        int classes = predicted.length / batch.size();
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            float[] row = new float[classes];
            System.arraycopy(predicted, i * classes, row, 0, classes);
            rows.add(row);
        }
        return rows;
    }

    public int batchSize() {
        return predictions.shape().dim(0);
    }

    /** Runs pictures {@code [N, C, H, W]} and copies the outputs out. */
    public void predict(MemorySegment batch, MemorySegment results) {
        executable.write(pictures, batch);
        executable.run();
        executable.read(predictions, results.asSlice(0, predicted.length * (long) Float.BYTES));
    }

    /** Another pass of the same compiled graph, to run on another thread. */
    public NetworkExecutable fork() {
        return new NetworkExecutable(executable.fork(), pictures, targets, loss, predictions);
    }

    public MemoryReport memory() {
        return executable.memory();
    }

    @Override
    public void close() {
        executable.close();
    }
}
