package dev.thalweg.train;

import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.Outputs;
import dev.thalweg.metric.MeanMetric;
import dev.thalweg.metric.Metric;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks a network about the pictures of a data set, batch by batch, and measures its answers.
 *
 * @param compiled the network
 */
record Evaluator(CompiledNetwork compiled) {
    private ModelDescription description() {
        return compiled.description();
    }

    Evaluation evaluate(ImageDataset data, int batchSize, List<Metric> metrics) {
        checkFits(data);
        List<Metric> all = new ArrayList<>(List.of(usualMetric(data)));
        all.addAll(metrics);
        all.forEach(m -> m.check(data.targets().kind(), data.targets().outputs()));
        all.forEach(Metric::reset);
        double[] lossSum = new double[1];
        forEachBatch(data, batchSize, batch -> {
            NetworkExecutable executable = compiled.evaluating(batch.size());
            executable.write(batch);
            executable.run();
            lossSum[0] += (double) executable.loss() * batch.size();
            measure(executable.outputs(), batch, all);
        });
        Map<String, Double> values = new LinkedHashMap<>();
        all.forEach(m -> values.put(m.name(), m.value()));
        return new Evaluation(lossSum[0] / data.size(), values);
    }

    /** What is measured of such pictures where nothing was asked for. */
    MeanMetric usualMetric(ImageDataset data) {
        return MeanMetric.usual(data.targets().kind(), description().outputs() == Outputs.LOGITS ? 0 : 0.5);
    }

    private static void measure(List<float[]> outputs, Batch batch, List<Metric> metrics) {
        for (int i = 0; i < batch.size(); i++) {
            for (Metric metric : metrics) {
                // Copies for each, so that one that sorts its numbers does not show the next one others.
                metric.update(outputs.get(i).clone(), batch.target(i));
            }
        }
    }

    /** A row of outputs for each picture. */
    List<float[]> predict(ImageDataset data, int batchSize) {
        checkPictures(data);
        List<float[]> outputs = new ArrayList<>();
        forEachBatch(data, batchSize, batch -> {
            NetworkExecutable executable = compiled.predicting(batch.size());
            executable.write(batch);
            executable.run();
            outputs.addAll(executable.outputs());
        });
        return outputs;
    }

    List<float[][]> classActivations(ImageDataset data, int[] classes) {
        checkPictures(data);
        return withBatch(data, batch -> compiled.classActivations(batch, classes));
    }

    private void forEachBatch(ImageDataset data, int batchSize, Consumer<Batch> use) {
        try (BatchLoader loader = new BatchLoader(data, batchSize, description().normalization())) {
            loader.start();
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                use.accept(batch);
            }
        }
    }

    /** Lends all pictures of a data set as one batch. */
    <T> T withBatch(ImageDataset data, Function<Batch, T> use) {
        try (BatchLoader loader =
                new BatchLoader(data, data.size(), description().normalization())) {
            loader.start();
            return use.apply(loader.next());
        }
    }

    private void checkPictures(ImageDataset data) {
        Network network = description().network();
        if (!data.imageShape().equals(network.input())) {
            throw new ShapeException("the network takes pictures " + network.input() + ", got a data set of " + data);
        }
    }

    /** Looks whether the network, and its loss if it has one, are for such data: a warning where that is unusual. */
    Optional<String> checkFits(ImageDataset data) {
        checkPictures(data);
        Shape output = description().network().output();
        if (!output.equals(Shape.of(data.targets().outputs()))) {
            throw new ShapeException("the data set has " + data.targets() + ", the network yields " + output
                    + ": end it with a Dense layer of " + data.targets().outputs() + " units");
        }
        Loss loss = description().loss();
        return loss == null ? Optional.empty() : loss.check(data.targets().kind());
    }
}
