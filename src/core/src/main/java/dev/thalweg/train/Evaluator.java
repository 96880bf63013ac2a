package dev.thalweg.train;

import dev.thalweg.collective.Collective;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.Targets;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.DataPorts;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** Several replicas each ask about their part of every batch, and all measure all answers. */
    Evaluation evaluate(ImageDataset data, int batchSize, List<Metric> metrics, Replicas replicas) {
        return evaluate(data, batchSize, metrics, replicas, _ -> {});
    }

    /** What is measured, and what is said of each picture: by one pass over them. */
    Tested test(ImageDataset data, int batchSize, List<Metric> metrics, Map<String, TargetSpec> targets) {
        List<List<float[]>> rows = noRows();
        Evaluation evaluation =
                evaluate(data, batchSize, metrics, Replicas.NONE, executable -> addOutputs(executable, rows));
        return new Tested(evaluation, Predictions.of(rows, targets, compiled.outputs()));
    }

    private Evaluation evaluate(
            ImageDataset data,
            int batchSize,
            List<Metric> metrics,
            Replicas replicas,
            Consumer<NetworkExecutable> afterEach) {
        checkFits(data);
        Measures measures = measures(data);
        List<Measures.Measured> all =
                measures.begin(metrics, DataPorts.targets(description().network(), data));
        Map<String, Double> own = new LinkedHashMap<>();
        forEachBatch(data, batchSize, replicas, batch -> {
            NetworkExecutable executable = compiled.evaluating(batch.size());
            executable.write(batch);
            executable.run();
            own.merge(Measures.TOTAL, (double) executable.loss() * batch.part().size(), Double::sum);
            measures.losses(executable, batch).forEach((name, sum) -> own.merge(name, sum, Double::sum));
            measures.update(all, executable, batch, replicas);
            afterEach.accept(executable);
        });
        Map<String, Double> sums = replicas.sums(own);
        double loss = Objects.requireNonNull(sums.remove(Measures.TOTAL), Measures.TOTAL);
        Map<String, Double> values = new LinkedHashMap<>();
        sums.forEach((name, sum) -> values.put(name, sum / data.size()));
        all.forEach(one -> values.put(one.metric().name(), one.metric().value()));
        return new Evaluation(loss / data.size(), values);
    }

    /** What is measured of such pictures where nothing was asked for. */
    Measures measures(ImageDataset data) {
        return Measures.of(DataPorts.targets(description().network(), data), compiled.outputs());
    }

    Predictions predict(ImageDataset data, int batchSize, Map<String, TargetSpec> targets) {
        DataPorts.checkInputs(description().network(), data);
        List<List<float[]>> rows = noRows();
        forEachBatch(data, batchSize, Replicas.NONE, batch -> {
            NetworkExecutable executable = compiled.predicting(batch.size());
            executable.write(batch);
            executable.run();
            addOutputs(executable, rows);
        });
        return Predictions.of(rows, targets, compiled.outputs());
    }

    /** For each output, a list for the rows of all pictures. */
    private List<List<float[]>> noRows() {
        List<List<float[]>> rows = new ArrayList<>();
        description().network().outputs().forEach(_ -> rows.add(new ArrayList<>()));
        return rows;
    }

    private static void addOutputs(NetworkExecutable executable, List<List<float[]>> rows) {
        for (int output = 0; output < rows.size(); output++) {
            rows.get(output).addAll(executable.outputs(output));
        }
    }

    List<float[][]> classActivations(ImageDataset data, String output, int... classes) {
        DataPorts.checkInputs(description().network(), data);
        return withBatch(data, batch -> compiled.classActivations(batch, output, classes));
    }

    private void forEachBatch(ImageDataset data, int batchSize, Replicas replicas, Consumer<Batch> use) {
        Collective collective = replicas.collective();
        try (BatchLoader loader = new BatchLoader(
                data,
                batchSize,
                description().normalization(),
                List.of(),
                null,
                collective.rank(),
                collective.size())) {
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
            return use.apply(Objects.requireNonNull(loader.next(), "the first batch"));
        }
    }

    /** Looks whether the network, and its losses if it has some, are for such data: a warning where that is unusual. */
    Optional<String> checkFits(ImageDataset data) {
        DataPorts.checkInputs(description().network(), data);
        Map<String, Targets> targets = DataPorts.targets(description().network(), data);
        List<String> warnings = new ArrayList<>();
        targets.forEach(
                (output, wanted) -> Optional.ofNullable(description().losses().get(output))
                        .flatMap(one -> one.loss().check(wanted.kind()))
                        .ifPresent(warnings::add));
        return warnings.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", warnings));
    }
}
