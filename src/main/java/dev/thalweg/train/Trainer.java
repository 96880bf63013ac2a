package dev.thalweg.train;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.Loss;
import dev.thalweg.model.Network;
import dev.thalweg.model.Normalization;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains, evaluates and runs a network on a backend. It compiles the network once for each batch size it meets (the usual
 * one and that of the last, incomplete batch) and keeps weights and optimizer state between them. One thread at a time.
 */
public final class Trainer implements AutoCloseable {
    private record Key(String purpose, int batchSize) {
    }

    private final Backend backend;
    private final Network network;
    private final Normalization normalization;
    private final Loss loss;
    private final Optimizer optimizer;
    private final Map<Key, Pass> passes = new HashMap<>();
    private Parameters parameters;
    private boolean laidOutForTraining;
    private long step;

    /**
     * Takes a network with its weights to a backend.
     *
     * @param backend must stay open
     * @param network the architecture
     * @param normalization how its pictures are scaled
     * @param weights row-major by name
     * @param loss what to make small; null if it shall only predict
     * @param optimizer how; null if it shall not be trained
     */
    public Trainer(Backend backend, Network network, Normalization normalization, Map<String, float[]> weights, Loss loss, Optimizer optimizer) {
        this.backend = backend;
        this.network = network;
        this.normalization = normalization;
        this.loss = loss;
        this.optimizer = optimizer;
        this.parameters = parametersWith(weights);
    }

    private Parameters parametersWith(Map<String, float[]> weights) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        Parameters made = backend.newParameters(shapes);
        weights.forEach((name, values) -> made.write(name, MemorySegment.ofArray(values)));
        return made;
    }

    /**
     * {@return the weights as they stand, row-major by name}
     */
    public Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : network.parameters()) {
            float[] values = new float[Math.toIntExact(spec.shape().elements())];
            parameters.read(spec.name(), MemorySegment.ofArray(values));
            weights.put(spec.name(), values);
        }
        return weights;
    }

    /**
     * {@return how many updates were done}
     */
    public long step() {
        return step;
    }

    /**
     * Trains.
     *
     * @param data the pictures to learn from
     * @param fit how
     * @return what every epoch came to
     * @throws IllegalStateException if there is no loss or optimizer
     * @throws ShapeException if the pictures or classes do not fit the network
     * @throws TrainingDivergedException if the loss is no longer a number
     */
    public History fit(ImageDataset data, Fit fit) {
        if (loss == null || optimizer == null) {
            throw new IllegalStateException("the model has no loss and optimizer yet: call compile before fit");
        }
        checkFits(data);
        if (fit.validation() != null) {
            checkFits(fit.validation());
        }
        layOutForTraining();
        List<EpochResult> results = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(data, fit.batchSize(), normalization)) {
            fit.callbacks().forEach(c -> c.onTrainBegin(new Callback.Plan(fit.epochs(), data.size(), loader.batches())));
            for (int epoch = 1; epoch <= fit.epochs(); epoch++) {
                if (fit.shuffle()) {
                    loader.startShuffled(fit.seed(), epoch - 1);
                } else {
                    loader.start();
                }
                EpochResult result = epoch(loader, epoch, fit);
                results.add(result);
                fit.callbacks().forEach(c -> c.onEpochEnd(result));
            }
        } finally {
            fit.callbacks().forEach(Callback::onTrainEnd);
        }
        return new History(results);
    }

    private EpochResult epoch(BatchLoader loader, int epoch, Fit fit) {
        long start = System.nanoTime();
        double lossSum = 0;
        int correct = 0;
        int seen = 0;
        int count = 0;
        float rate = optimizer.learningRate(step);
        for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
            Pass pass = pass("train", batch.size(), loss, optimizer);
            rate = optimizer.learningRate(step);
            pass.run(batch, rate, step++);
            float batchLoss = pass.loss();
            count++;
            if (!Float.isFinite(batchLoss)) {
                throw new TrainingDivergedException(epoch, count, batchLoss, rate);
            }
            lossSum += (double) batchLoss * batch.size();
            correct += pass.correct(batch);
            seen += batch.size();
            Callback.Progress progress = new Callback.Progress(epoch, seen, lossSum / seen, (double) correct / seen, rate);
            fit.callbacks().forEach(c -> c.onBatchEnd(progress));
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        Optional<Evaluation> validation = Optional.ofNullable(fit.validation()).map(data -> evaluate(data, fit.batchSize()));
        return new EpochResult(epoch, lossSum / seen, (double) correct / seen, validation, seconds, rate);
    }

    /** The first graph compiled chooses the layout of the weights; that shall be one for training. */
    private void layOutForTraining() {
        if (!laidOutForTraining) {
            laidOutForTraining = true;
            if (!passes.isEmpty()) {
                Map<String, float[]> weights = weights();
                closePasses();
                parameters.close();
                parameters = parametersWith(weights);
            }
        }
    }

    /**
     * Tests the network.
     *
     * @param data the pictures to test with
     * @param batchSize how many at a time
     * @return mean loss and accuracy
     * @throws IllegalStateException if there is no loss
     * @throws ShapeException if the pictures or classes do not fit the network
     */
    public Evaluation evaluate(ImageDataset data, int batchSize) {
        if (loss == null) {
            throw new IllegalStateException("the model has no loss yet: call compile before evaluate");
        }
        checkFits(data);
        try (BatchLoader loader = new BatchLoader(data, batchSize, normalization)) {
            loader.start();
            double lossSum = 0;
            int correct = 0;
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                Pass pass = pass("evaluate", batch.size(), loss, null);
                pass.run(batch, 0, 0);
                lossSum += (double) pass.loss() * batch.size();
                correct += pass.correct(batch);
            }
            return new Evaluation(lossSum / data.size(), (double) correct / data.size());
        }
    }

    /**
     * Runs the network; labels are not looked at.
     *
     * @param data the pictures
     * @param batchSize how many at a time
     * @param classNames what the outputs stand for
     * @return the network's outputs
     * @throws ShapeException if the pictures do not fit the network
     */
    public Predictions predict(ImageDataset data, int batchSize, List<String> classNames) {
        checkPictures(data);
        List<float[]> outputs = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(data, batchSize, normalization)) {
            loader.start();
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                Pass pass = pass("predict", batch.size(), null, null);
                pass.run(batch, 0, 0);
                outputs.addAll(pass.outputs(batch));
            }
        }
        return new Predictions(outputs, classNames);
    }

    private Pass pass(String purpose, int batchSize, Loss withLoss, Optimizer withOptimizer) {
        return passes.computeIfAbsent(new Key(purpose, batchSize),
                key -> new Pass(backend, network, parameters, batchSize, withLoss, withOptimizer));
    }

    private void checkPictures(ImageDataset data) {
        if (!data.imageShape().equals(network.input())) {
            throw new ShapeException("the network takes pictures " + network.input() + ", got a data set of " + data);
        }
    }

    private void checkFits(ImageDataset data) {
        checkPictures(data);
        if (!network.output().equals(Shape.of(data.classNames().size()))) {
            throw new ShapeException("the data set has " + data.classNames().size() + " classes, the network yields " + network.output()
                    + ": end it with a Dense layer of " + data.classNames().size() + " units");
        }
    }

    private void closePasses() {
        passes.values().forEach(Pass::close);
        passes.clear();
    }

    /** Frees weights and executables. */
    @Override
    public void close() {
        closePasses();
        parameters.close();
    }
}
