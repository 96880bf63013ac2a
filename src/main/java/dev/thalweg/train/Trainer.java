package dev.thalweg.train;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.metric.Metric;
import dev.thalweg.model.Network;
import dev.thalweg.model.Normalization;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.optim.Descent;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.tensor.Exclusive;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Trains, evaluates and runs a network on a backend. It compiles the network once for each batch size it meets (the usual
 * one and that of the last, incomplete batch) and keeps weights and optimizer state between them. One thread at a time uses
 * it: a second one that comes meanwhile gets an {@link IllegalStateException}, and so does a callback that would close it or
 * train it while it trains.
 */
public final class Trainer implements AutoCloseable {
    private record Key(String purpose, int batchSize) {
    }

    private final Backend backend;
    private final Network network;
    private final Normalization normalization;
    private final Loss loss;
    /** Null where nothing is trained. */
    private final Descent descent;
    private final Map<Key, Pass> passes = new HashMap<>();
    private final Predicate<String> frozen;
    private final Computation computation;
    private final Exclusive guard = new Exclusive("trainer", "make another one", "give each thread a trainer of its own");
    private Parameters parameters;
    private NormLimit normLimit;
    private boolean laidOutForTraining;
    private boolean watched;
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
     * @param frozen which parameters, by name, stay as they are
     * @param computation in which precision, and whether memory or time is dear
     * @throws UnsupportedOperationException if the backend cannot compute in that precision here
     */
    public Trainer(Backend backend, Network network, Normalization normalization, Map<String, float[]> weights, Loss loss, Optimizer optimizer,
            Predicate<String> frozen, Computation computation) {
        computation.check(backend);
        this.computation = computation;
        this.frozen = frozen;
        this.backend = backend;
        this.network = network;
        this.normalization = normalization;
        this.loss = loss;
        this.descent = optimizer == null ? null : optimizer.descent();
        this.parameters = parametersWith(weights);
    }

    private Parameters parametersWith(Map<String, float[]> weights) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        try (Scope opening = new Scope()) {
            Parameters made = opening.own(backend.newParameters(shapes));
            weights.forEach((name, values) -> made.write(name, MemorySegment.ofArray(values)));
            opening.handOver();
            return made;
        }
    }

    /**
     * {@return the weights as they stand, row-major by name}
     */
    public Map<String, float[]> weights() {
        try (var _ = guard.use("weights")) {
            Map<String, float[]> weights = new LinkedHashMap<>();
            for (ParameterSpec spec : network.parameters()) {
                float[] values = new float[spec.shape().arrayLength()];
                parameters.read(spec.name(), MemorySegment.ofArray(values));
                weights.put(spec.name(), values);
            }
            return weights;
        }
    }

    /**
     * {@return how many updates were done}
     */
    public long step() {
        try (var _ = guard.use("step")) {
            return step;
        }
    }

    /**
     * Trains.
     *
     * @param data the pictures to learn from
     * @param fit how
     * @return what every epoch came to
     * @throws IllegalStateException if there is no loss or optimizer
     * @throws ShapeException if the pictures or classes do not fit the network
     * @throws TrainingDivergedException if the loss or a gradient is no longer finite
     * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written
     * @throws dev.thalweg.format.BadFileException if the checkpoint to go on from is none
     * @throws IllegalArgumentException if that checkpoint is of another training
     */
    public History fit(ImageDataset data, Fit fit) {
        try (var _ = guard.change("fit")) {
            checkCompiled("fit");
            checkFits(data);
            if (!fit.classWeights().isEmpty() && !(loss instanceof CategoricalCrossentropy c && c.labelSmoothing() == 0)) {
                // There a weighted target is a weighted loss; elsewhere it would be another target.
                throw new IllegalArgumentException("class weights need categorical cross-entropy without label smoothing, got " + loss);
            }
            if (fit.validation() != null) {
                checkFits(fit.validation());
            }
            layOutForTraining();
            // Compiled before anything else, so that the optimizer's slots are there to be read and written.
            trainingPass(Math.min(fit.batchSize(), data.size()));
            try (BatchLoader loader = new BatchLoader(data, fit.batchSize(), normalization, fit.augmentations(), fit.weightsOfClasses())) {
                return new FitRun(this, data, fit, loader).run();
            }
        }
    }

    private void checkCompiled(String use) {
        if (loss == null || descent == null) {
            throw new IllegalStateException("the model has no loss and optimizer yet: call compile before " + use);
        }
    }

    /**
     * {@return what memory a training step takes off the heap, parameters not included}
     *
     * @param batchSize pictures in a step
     * @throws IllegalStateException if there is no loss or optimizer
     */
    public MemoryReport trainingMemory(int batchSize) {
        try (var _ = guard.use("trainingMemory")) {
            checkCompiled("trainingMemory");
            layOutForTraining();
            return trainingPass(batchSize).memory();
        }
    }

    /** The first graph compiled chooses the layout of the weights; that shall be one for training. */
    private void layOutForTraining() {
        if (!laidOutForTraining) {
            if (!passes.isEmpty()) {
                Parameters before = parameters;
                parameters = parametersWith(weights());
                try (Scope freed = new Scope()) {
                    freed.own(before);
                    closePasses(freed);
                }
            }
            normLimit = NormLimit.of(backend, parameters, trained(), descent);
            laidOutForTraining = true;
        }
    }

    /** Lets the thread in that trains, or that one after it. */
    Exclusive.Use use(String doing) {
        return guard.use(doing);
    }

    /** The pass that trains on batches of a size. */
    Pass trainingPass(int batchSize) {
        Pass pass = pass("train", batchSize, loss, descent);
        pass.watch(watched);
        return pass;
    }

    /** Notes that an update was made. */
    void updated() {
        step++;
        if (normLimit != null) {
            normLimit.apply();
        }
    }

    void watch(boolean on) {
        watched = on;
    }

    Network network() {
        return network;
    }

    Descent descent() {
        return descent;
    }

    Loss loss() {
        return loss;
    }

    Normalization normalization() {
        return normalization;
    }

    void step(long updates) {
        step = updates;
    }

    /**
     * Sets the weights.
     *
     * @param weights row-major by name
     * @throws IllegalArgumentException if one is missing, unknown, or of another size
     */
    public void weights(Map<String, float[]> weights) {
        try (var _ = guard.use("weights")) {
            for (ParameterSpec spec : network.parameters()) {
                float[] values = weights.get(spec.name());
                if (values == null || values.length != spec.shape().elements() || weights.size() != network.parameters().size()) {
                    throw new IllegalArgumentException("expected weights for " + spec.name() + " " + spec.shape() + " and "
                            + network.parameters().size() + " parameters in all, got "
                            + (values == null ? "only " + weights.keySet() : values.length + " numbers, " + weights.size() + " parameters"));
                }
            }
            weights.forEach((name, values) -> parameters.write(name, MemorySegment.ofArray(values)));
        }
    }

    /** What the optimizer remembers, a list for each parameter. */
    Map<String, List<float[]>> slots() {
        Map<String, List<float[]>> slots = new LinkedHashMap<>();
        for (ParameterSpec spec : trained()) {
            List<float[]> numbers = new ArrayList<>();
            for (int slot = 0; slot < descent.update(spec.name()).rule().slots(); slot++) {
                numbers.add(slot(spec, slot));
            }
            slots.put(spec.name(), numbers);
        }
        return slots;
    }

    void slots(Map<String, List<float[]>> slots) {
        slots.forEach((name, numbers) -> {
            for (int slot = 0; slot < numbers.size(); slot++) {
                parameters.writeSlot(name, slot, MemorySegment.ofArray(numbers.get(slot)));
            }
        });
    }

    private List<ParameterSpec> trained() {
        return network.parameters().stream().filter(p -> p.trained() && !frozen.test(p.name())).toList();
    }

    private float[] slot(ParameterSpec spec, int slot) {
        float[] values = new float[spec.shape().arrayLength()];
        parameters.readSlot(spec.name(), slot, MemorySegment.ofArray(values));
        return values;
    }

    /**
     * {@return the moving averages of the weights, row-major by name}
     *
     * @throws IllegalStateException if the optimizer keeps none, or there was no update yet
     */
    public Map<String, float[]> averagedWeights() {
        try (var _ = guard.use("averagedWeights")) {
            if (descent == null || descent.averaging() == 0 || step == 0) {
                throw new IllegalStateException("there are no averaged weights: give the optimizer averageWeights(decay), then train");
            }
            // What is not trained has no average: it counts as it stands.
            Map<String, float[]> averages = new LinkedHashMap<>(weights());
            trained().forEach(spec -> averages.put(spec.name(), slot(spec, descent.averageSlot(spec.name()))));
            return averages;
        }
    }

    /**
     * Tests the network.
     *
     * @param data the pictures to test with
     * @param batchSize how many at a time
     * @param metrics what else to measure
     * @return mean loss and accuracy
     * @throws IllegalStateException if there is no loss
     * @throws ShapeException if the pictures or classes do not fit the network
     */
    public Evaluation evaluate(ImageDataset data, int batchSize, List<Metric> metrics) {
        try (var _ = guard.use("evaluate")) {
            if (loss == null) {
                throw new IllegalStateException("the model has no loss yet: call compile before evaluate");
            }
            checkFits(data);
            try (BatchLoader loader = new BatchLoader(data, batchSize, normalization)) {
                loader.start();
                double lossSum = 0;
                int correct = 0;
                metrics.forEach(Metric::reset);
                for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                    Pass pass = pass("evaluate", batch.size(), loss, null);
                    pass.run(batch);
                    lossSum += (double) pass.loss() * batch.size();
                    correct += pass.correct(batch);
                    if (!metrics.isEmpty()) {
                        measure(pass.outputs(batch), batch, metrics);
                    }
                }
                Map<String, Double> values = new LinkedHashMap<>();
                metrics.forEach(m -> values.put(m.name(), m.value()));
                return new Evaluation(lossSum / data.size(), (double) correct / data.size(), values);
            }
        }
    }

    private static void measure(List<float[]> outputs, Batch batch, List<Metric> metrics) {
        for (int i = 0; i < batch.size(); i++) {
            for (Metric metric : metrics) {
                metric.update(outputs.get(i), batch.label(i));
            }
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
        try (var _ = guard.use("predict")) {
            checkPictures(data);
            List<float[]> outputs = new ArrayList<>();
            try (BatchLoader loader = new BatchLoader(data, batchSize, normalization)) {
                loader.start();
                for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                    Pass pass = pass("predict", batch.size(), null, null);
                    pass.run(batch);
                    outputs.addAll(pass.outputs(batch));
                }
            }
            return new Predictions(outputs, classNames);
        }
    }

    /**
     * Finds where in pictures the network sees a class (Selvaraju et al., Grad-CAM, ICCV 2017, equations 1 and 2), by its last
     * layer that still yields a picture.
     *
     * @param data the pictures
     * @param classes the class looked for in each
     * @return for each picture {@code [height][width]} of that layer, from 0 to 1; empty if no layer yields a picture
     * @throws ShapeException if the pictures do not fit the network
     */
    public List<float[][]> classActivations(ImageDataset data, int[] classes) {
        try (var _ = guard.use("classActivations")) {
            checkPictures(data);
            try (BatchLoader loader = new BatchLoader(data, data.size(), normalization)) {
                loader.start();
                return GradCam.of(backend, network, parameters, loader.next(), classes);
            }
        }
    }

    private Pass pass(String purpose, int batchSize, Loss withLoss, Descent withDescent) {
        return passes.computeIfAbsent(new Key(purpose, batchSize),
                key -> new Pass(backend, network, parameters, batchSize, withLoss, withDescent, frozen, computation));
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

    /** Has everything compiled closed with a scope. */
    private void closePasses(Scope freed) {
        passes.values().forEach(freed::own);
        passes.clear();
        if (normLimit != null) {
            freed.own(normLimit);
            normLimit = null;
        }
    }

    /**
     * Frees weights and executables. Closing again does nothing.
     *
     * @throws IllegalStateException if something runs in this trainer, in whatever thread: it stays open then
     */
    @Override
    public void close() {
        guard.close(this::free);
    }

    private void free() {
        try (Scope freed = new Scope()) {
            freed.own(parameters);
            closePasses(freed);
        }
    }
}
