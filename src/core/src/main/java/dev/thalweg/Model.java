package dev.thalweg;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.data.Batch;
import dev.thalweg.data.DecodedFiles;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.Resize;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.engine.BackendSpec;
import dev.thalweg.graph.Quantization;
import dev.thalweg.inference.Calibration;
import dev.thalweg.inference.Inference;
import dev.thalweg.inference.Predictions;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.Loss;
import dev.thalweg.memory.Exclusive;
import dev.thalweg.metric.Metric;
import dev.thalweg.model.Flow;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Network;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import dev.thalweg.train.LearningRateRange;
import dev.thalweg.train.Tested;
import dev.thalweg.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An image classifier, used as in Keras: {@code sequential}, {@code compile}, {@code fit}, {@code evaluate},
 * {@code predict}, {@code save}. It holds memory off the heap: close it.
 * <p>
 * One thread at a time uses a model. A second one that comes while the first is inside gets an
 * {@link IllegalStateException}, {@link #close} included, and nothing else happens: for answers to many threads there
 * is {@link #inference}. Only {@link #network}, {@link #targets} and {@link #summary} are for any thread at any
 * time. Callbacks of a training and metrics run in the thread that is inside already. They may ask the model whatever
 * they like, but what would change or free it (settings, {@code compile}, {@code fit}, {@code loadWeights},
 * {@code close}) throws there.
 */
public final class Model implements AutoCloseable {
    private static final int INFERENCE_BATCH = 128;

    private final ModelState state;
    private final Exclusive guard = new Exclusive(
            "model",
            "load it again from a file to use it",
            "give the threads one Inference of it, or each a model of its own");

    private Model(ModelState state) {
        this.state = state;
    }

    /**
     * Builds a model of layers in a row. Its weights start from seed 0; {@link #seed} draws others.
     *
     * @param input the shape of a picture, {@code [C, H, W]}
     * @param layers from first to last
     * @return the model
     * @throws ShapeException if a layer does not fit its input
     */
    public static Model sequential(Shape input, Layer... layers) {
        return of(Network.sequential(input, List.of(layers)));
    }

    /**
     * Builds a model of layers with branches. Its weights start from seed 0; {@link #seed} draws others.
     *
     * @param output what comes out, in the end from {@link Flow#input}
     * @return the model
     * @throws ShapeException if a layer does not fit its input
     */
    public static Model of(Flow output) {
        return of(Network.of(output));
    }

    /**
     * Builds a model of several inputs or outputs, see {@link Network#of(List, List)}. Pictures flow into one input;
     * what flows into the others, and is wanted of each output, data sets carry by name, see
     * {@link ImageDataset#withInput(String, Shape, float[][])} and {@link ImageDataset#withTargets}.
     *
     * @param inputs what flows in, made by {@link Flow#input}
     * @param outputs what comes out, named as the layers that yield it
     * @return the model
     * @throws ShapeException if a layer does not fit its input
     */
    public static Model of(List<Flow> inputs, List<Flow> outputs) {
        return of(Network.of(inputs, outputs));
    }

    /**
     * Makes a model of a network, for instance one of {@link dev.thalweg.model.Networks}. Its weights start from seed
     * 0; {@link #seed} draws others.
     *
     * @param network the architecture
     * @return the model
     */
    public static Model of(Network network) {
        return new Model(ModelState.of(network));
    }

    /**
     * Reads a saved model. It can predict and evaluate at once; compile it to train on.
     *
     * @param file written by {@link #save}
     * @return the model
     * @throws IOException if the file cannot be read
     * @throws BadFileException if it holds no such model
     */
    public static Model load(Path file) throws IOException {
        return new Model(ModelState.load(file));
    }

    /**
     * Draws first weights anew.
     *
     * @param seed the same seed gives the same weights
     * @return this model
     */
    public Model seed(long seed) {
        try (var _ = guard.change("seed")) {
            state.draw(seed);
            return this;
        }
    }

    /**
     * Sets how bytes of pictures become floats. Without it they are divided by 255, which is {@linkplain
     * #isNormalizationAssumed assumed} until a training was on such pictures.
     *
     * @param scaling for as many channels as the pictures have
     * @return this model
     */
    public Model normalization(Normalization scaling) {
        try (var _ = guard.change("normalization")) {
            state.normalization(scaling, false);
            return this;
        }
    }

    /**
     * Sets how bytes of pictures become floats as long as nobody says it: what is usual where the model comes from.
     *
     * @param scaling for as many channels as the pictures have
     * @return this model
     * @see #isNormalizationAssumed
     */
    public Model assumeNormalization(Normalization scaling) {
        try (var _ = guard.change("assumeNormalization")) {
            state.normalization(scaling, true);
            return this;
        }
    }

    /**
     * Chooses what computes this model on the CPU. Without it, {@link Backends#open()} does.
     *
     * @param choice which backend
     * @param threads how many compute
     * @return this model
     * @throws IllegalArgumentException if there is no such backend
     * @throws UnavailableException if it cannot be used here
     */
    public Model backend(BackendChoice choice, Threads threads) {
        return backend(choice, threads, Device.cpu());
    }

    /**
     * Chooses what computes this model, and where.
     *
     * @param choice which backend
     * @param threads how many compute on the CPU
     * @param device where
     * @return this model
     * @throws IllegalArgumentException if there is no such backend, or it cannot compute on such a device
     * @throws UnavailableException if it cannot be used here
     */
    public Model backend(BackendChoice choice, Threads threads, Device device) {
        try (var _ = guard.change("backend")) {
            state.backend(new BackendSpec(choice, threads, device));
            return this;
        }
    }

    /** {@return what computes this model} */
    public Backend backend() {
        try (var _ = guard.use("backend")) {
            return state.backend();
        }
    }

    /**
     * Chooses the precision of activations and of the weights that kernels read. What is learnt, its gradients and the
     * loss stay 32 bits wide. Short floats halve memory traffic, and multiply faster where the device has instructions
     * for them; a warning is logged where a GPU has none and emulates them.
     *
     * @param precision {@link Precision#F32} without it
     * @return this model; its next use throws {@link UnavailableException} if it cannot be computed so on this
     *         machine
     */
    public Model precision(Precision precision) {
        try (var _ = guard.change("precision")) {
            state.apply(
                    description -> description.with(description.computation().precision(precision)));
            return this;
        }
    }

    /** {@return the precision of activations and of the weights that kernels read} */
    public Precision precision() {
        return state.precision();
    }

    /**
     * Has training compute parts of the forward pass a second time instead of keeping all activations: about a third
     * more time for much less memory in deep networks. The results are the same to the bit.
     *
     * @param on whether
     * @return this model
     */
    public Model gradientCheckpointing(boolean on) {
        try (var _ = guard.change("gradientCheckpointing")) {
            state.apply(
                    description -> description.with(description.computation().gradientCheckpointing(on)));
            return this;
        }
    }

    /**
     * Has the model look at each picture several times when it predicts and is evaluated, also while it trains to
     * validate; what it says is the mean. Saved models keep it. Training itself is not changed, nor where a class is
     * seen, see {@link #classActivations}.
     *
     * @param views {@link TestTimeAugmentation#NONE} without it
     * @return this model
     * @throws ShapeException if its pictures cannot be looked at so
     */
    public Model testTimeAugmentation(TestTimeAugmentation views) {
        try (var _ = guard.change("testTimeAugmentation")) {
            state.apply(
                    description -> description.with(description.computation().testTimeAugmentation(views)));
            return this;
        }
    }

    /** {@return how the model looks at pictures when it predicts} */
    public TestTimeAugmentation testTimeAugmentation() {
        return state.testTimeAugmentation();
    }

    /**
     * {@return what memory a training step takes off the heap, parameters not included}
     *
     * @param batchSize pictures in a step, at least 1
     * @throws IllegalStateException if the model was not compiled
     */
    public MemoryReport trainingMemory(int batchSize) {
        try (var _ = guard.use("trainingMemory")) {
            return state.trainer().trainingMemory(batchSize);
        }
    }

    /**
     * Freezes parameters: training leaves them as they are, and computes no gradients that only they would need.
     *
     * @param names a regular expression that the whole names must match, {@code "conv2d.*"}; {@code ""} freezes nothing
     *         again
     * @return this model
     * @throws IllegalArgumentException if it is no regular expression, or fits no parameter; the message lists their
     *            names
     */
    public Model freeze(String names) {
        try (var _ = guard.change("freeze")) {
            state.apply(description -> description.freeze(names));
            return this;
        }
    }

    /**
     * Takes over the weights of a saved model, of whatever architecture, that have the name and the shape of this
     * one's; the others stay as they are.
     *
     * @param file written by {@link #save}
     * @return the names of the weights taken over
     * @throws IOException if the file cannot be read
     * @throws BadFileException if it holds no model
     * @throws IllegalArgumentException if no weight fits
     */
    public List<String> loadWeights(Path file) throws IOException {
        try (var _ = guard.change("loadWeights")) {
            return state.loadWeights(file);
        }
    }

    /**
     * Cuts off the last layer and puts others in its place, with first weights of their own: the beginning of a
     * training on other classes. What came before keeps its weights, and all settings are taken over: normalization,
     * backend, precision, gradient checkpointing, resizing, and which parameters are frozen, of which the new ones are
     * none. Freeze all but {@code head.*} to train the new layers alone. They are named by {@link Network#withHead}.
     *
     * @param seed of the new weights
     * @param layers in place of the last one
     * @return another model, to be compiled, and closed like this one
     * @throws ShapeException if the layers do not fit, or the last layer joins several flows
     * @throws IllegalStateException if the model has several outputs, or is quantized
     */
    public Model replaceHead(long seed, Layer... layers) {
        try (var _ = guard.use("replaceHead")) {
            return new Model(state.withHead(seed, List.of(layers)));
        }
    }

    /**
     * Says what training shall make small and how. The training starts afresh: the optimizer, its schedule and the
     * count of epochs; the weights stay.
     *
     * @param how the rule
     * @param what the loss
     * @return this model
     * @throws IllegalArgumentException if the loss expects probabilities where the network yields logits or the other
     *             way round, or a parameter group of the optimizer has no parameters
     */
    public Model compile(Optimizer how, Loss what) {
        try (var _ = guard.change("compile")) {
            state.compile(description -> description.with(what), how);
            return this;
        }
    }

    /**
     * Says what training shall make small in a model of several outputs: the sum of their losses, each times its
     * weight. Results tell the sum as the loss, and the losses as {@code NAME_loss}.
     *
     * @param how the rule
     * @param what the loss of each output, by its name
     * @param weights of the losses, at least 0, by the output's name; 1 where none is given
     * @return this model
     * @throws IllegalArgumentException if an output has no loss, there is a loss or a weight of no output, and as in
     *             {@link #compile(Optimizer, Loss)}
     */
    public Model compile(Optimizer how, Map<String, Loss> what, Map<String, Double> weights) {
        try (var _ = guard.change("compile")) {
            state.compile(description -> description.withLosses(what, weights), how);
            return this;
        }
    }

    /**
     * {@return how this model is trained: by what was compiled, what was frozen, and in which precision}
     *
     * @throws IllegalStateException if it was not compiled
     */
    public Compilation compilation() {
        return state.compilation();
    }

    /**
     * Has this model trained as another one.
     *
     * @param as how the other one is; its {@link #compilation}
     * @return this model
     * @throws IllegalArgumentException as {@link #compile(Optimizer, Map, Map)}, or if it has not the parameters that
     *             the other one freezes
     */
    public Model compile(Compilation as) {
        try (var _ = guard.change("compile")) {
            state.compile(as::applied, as.optimizer());
            return this;
        }
    }

    /**
     * Trains. Called again, it goes on where it ended: the same to the bit as one call for all epochs, see {@link Fit}.
     *
     * @param data the pictures to learn from
     * @param fit how
     * @return what every epoch came to
     * @throws IllegalStateException if the model was not compiled
     * @throws ShapeException if the pictures or classes do not fit the model
     * @throws dev.thalweg.train.TrainingDivergedException if the loss or a gradient is no longer finite
     * @throws dev.thalweg.tensor.DeviceException if a GPU fails or has no memory left; the last checkpoint is as it was
     * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written, or the one to go on from is none:
     *         its cause is a {@link dev.thalweg.io.BadFileException} then
     * @throws IllegalArgumentException if that checkpoint is of another training, or the pictures have other classes,
     *             labels or numbers than those that this training began with: compile again to train on them
     */
    public History fit(ImageDataset data, Fit fit) {
        try (var _ = guard.change("fit")) {
            History history = state.trainer().fit(data, fit);
            state.learnt(data);
            return history;
        }
    }

    /**
     * Trains on one batch: the body of a loop of one's own. As many calls give the same weights, to the bit, as a
     * {@link Fit} without shuffling and with seed 0 over the same batches. Where the optimizer accumulates several
     * batches, which should be of one size here, the last of them makes the update.
     *
     * @param batch of a {@link dev.thalweg.data.BatchLoader}, or of numbers
     * @return the mean loss before the update
     * @throws IllegalStateException if the model was not compiled
     * @throws ShapeException if pictures or targets do not fit the model
     * @throws dev.thalweg.train.TrainingDivergedException if the loss or a gradient is no longer finite
     */
    public float trainOnBatch(Batch batch) {
        try (var _ = guard.change("trainOnBatch")) {
            return state.trainer().trainOnBatch(batch);
        }
    }

    /**
     * Trains on all pictures of a data set as one batch, see {@link #trainOnBatch(Batch)}.
     *
     * @param batch for instance {@code data.skip(64).take(32)}
     * @return the mean loss before the update
     */
    public float trainOnBatch(ImageDataset batch) {
        try (var _ = guard.change("trainOnBatch")) {
            float loss = state.trainer().withBatch(batch, state.trainer()::trainOnBatch);
            state.learnt(batch);
            return loss;
        }
    }

    /**
     * Differentiates the loss of one batch with layers as in training, and changes nothing: the gradients that the next
     * {@link #trainOnBatch(Batch)} of it would follow, before clipping, regularization and the optimizer's rule.
     *
     * @param batch of a {@link dev.thalweg.data.BatchLoader}
     * @return the gradient of the mean loss for each parameter that is not frozen, by name, row-major
     * @throws IllegalStateException if the model has no loss
     * @throws ShapeException if pictures or targets do not fit the model
     */
    public Map<String, float[]> gradients(Batch batch) {
        try (var _ = guard.use("gradients")) {
            return state.trainer().gradients(batch);
        }
    }

    /**
     * Differentiates the loss of all pictures of a data set as one batch, see {@link #gradients(Batch)}.
     *
     * @param batch for instance {@code data.skip(64).take(32)}
     * @return the gradients by name, row-major
     */
    public Map<String, float[]> gradients(ImageDataset batch) {
        try (var _ = guard.use("gradients")) {
            return state.trainer().withBatch(batch, state.trainer()::gradients);
        }
    }

    /**
     * Tests the model.
     *
     * @param data the pictures to test with
     * @param metrics what else to measure; they can be asked for details afterwards
     * @return mean loss, and the metrics, first the one that fits the targets; the loss of a model that was never
     *         compiled is {@link Loss#usual}
     * @throws ShapeException if the pictures or classes do not fit the model
     * @throws IllegalArgumentException if there are pictures of a class that the model was not trained on, of those
     *         that it was, some may be missing; or with other labels or numbers; or a metric or the loss does not fit
     *         the targets
     */
    public Evaluation evaluate(ImageDataset data, Metric... metrics) {
        try (var _ = guard.use("evaluate")) {
            ImageDataset labelled = state.toEvaluate(data);
            return state.trainer().evaluate(labelled, INFERENCE_BATCH, List.of(metrics));
        }
    }

    /**
     * Tests the model and keeps what it says of each picture: what {@link #evaluate} and {@link #predict} return, by
     * one pass over the pictures, for a test set that is to be looked at once.
     *
     * @param data the pictures to test with
     * @param metrics what else to measure
     * @return the measures and the answers
     * @throws ShapeException if the pictures or classes do not fit the model
     * @throws IllegalArgumentException as {@link #evaluate} does
     */
    public Tested test(ImageDataset data, Metric... metrics) {
        try (var _ = guard.use("test")) {
            ImageDataset labelled = state.toEvaluate(data);
            return state.trainer().test(labelled, INFERENCE_BATCH, List.of(metrics), state.targets());
        }
    }

    /**
     * Asks the model what it sees. Labels are not looked at.
     *
     * @param data the pictures, and what else flows in with them
     * @return a row of outputs for each picture; of several outputs, see {@link Predictions#output}
     * @throws ShapeException if the pictures do not fit the model
     */
    public Predictions predict(ImageDataset data) {
        try (var _ = guard.use("predict")) {
            return state.trainer().predict(data, INFERENCE_BATCH, state.targets());
        }
    }

    /**
     * Freezes the model as it stands for use by any number of threads at once: in the service that answers requests.
     * Later changes of this model do not reach it, and it stays usable when this model is closed. It computes by the
     * backend, in the precision, and with as many threads as this model.
     *
     * @param mode whether one call shall be fast, or many in all
     * @param batchSizes for which numbers of pictures it is compiled
     * @return the frozen model, to be closed on its own
     * @throws IllegalArgumentException if there is no batch size or one is out of range
     */
    public Inference inference(Inference.Mode mode, Integer... batchSizes) {
        Objects.requireNonNull(mode, "mode");
        try (var _ = guard.use("inference")) {
            return new Inference(
                    state.standing(), state.targets(), state.provenance().resize(), mode, List.of(batchSizes));
        }
    }

    /**
     * Quantizes the model for inference: convolutions and dense layers compute in 8-bit integers, with a scale for each
     * filter's weights and one for what flows in, which is chosen by the numbers that calibration pictures bring, see
     * {@link Calibration#DEFAULT}. Normalizations after convolutions, ReLUs and residual sums are computed on the way;
     * whatever else there is, in floats. It takes a quarter of the memory and is faster where the processor multiplies
     * bytes (AVX512-VNNI, AVX-VNNI, AMX). The result predicts and is evaluated; it does not train, gets no other head
     * and is not quantized again, before {@code quantization(Map.of())} has made it one in floats.
     *
     * @param calibration pictures like those that will come, some hundred at least; labels are not looked at
     * @return another model, to be closed like this one; {@link #save} writes the weights as bytes
     * @throws ShapeException if the pictures do not fit the model
     * @throws IllegalStateException if the network has neither convolutions nor dense layers, or is quantized already
     * @throws ArithmeticException if the network yields numbers that are not finite
     */
    public Model quantize(ImageDataset calibration) {
        return quantize(calibration, Calibration.DEFAULT);
    }

    /**
     * Quantizes the model, see {@link #quantize(ImageDataset)}.
     *
     * @param calibration pictures like those that will come, some hundred at least; labels are not looked at
     * @param how which range of the numbers that they bring is held
     * @return another model, to be closed like this one
     */
    public Model quantize(ImageDataset calibration, Calibration how) {
        Objects.requireNonNull(how, "how");
        try (var _ = guard.use("quantize")) {
            return new Model(state.quantized(calibration, how));
        }
    }

    /**
     * {@return how 8-bit integers stand for what flows into convolutions and dense layers, by the parameter that is
     * their kernel, with {@code summand} behind it for what a convolution adds to its result, and {@code result} for
     * that result before the sum, which an exported file tells; empty if the model computes in floats}
     */
    public Map<String, Quantization> quantization() {
        return state.quantization();
    }

    /**
     * Has the model compute in 8-bit integers by ranges that are known from elsewhere, see
     * {@link #quantize(ImageDataset)}.
     *
     * @param sources how what flows into convolutions and dense layers is quantized, by the name of the parameter that
     *            is their kernel, and maybe what else {@link #quantization()} has; what is not named computes in
     *            floats, those that its integers stand for if it was quantized
     * @return this model
     * @throws IllegalArgumentException if there is no such kernel, or the precision is not {@link Precision#F32}
     */
    public Model quantization(Map<String, Quantization> sources) {
        try (var _ = guard.change("quantization")) {
            state.quantization(sources);
            return this;
        }
    }

    /**
     * Asks the model what it sees in picture files, brought to the size it knows as those it was trained on were.
     *
     * @param files pictures; what they are, their content says
     * @return a row of outputs for each
     * @throws BadFileException if files cannot be read or are no pictures: it names them; {@link DecodedFiles} goes on
     *         without
     */
    public Predictions predict(List<Path> files) throws IOException {
        try (var _ = guard.use("predict");
                DecodedFiles decoded = DecodedFiles.of(
                        files,
                        network().input(),
                        provenance().resize(),
                        targets().names())) {
            return predict(decoded.orThrow());
        }
    }

    /**
     * Finds where in pictures the model sees a class (Grad-CAM, see {@link Trainer#classActivations}).
     *
     * @param data the pictures; all are computed at once
     * @param classes the class looked for in each
     * @return for each picture {@code [height][width]}, coarser than the picture, from 0 to 1; empty if no layer of the
     *         model yields a picture
     * @throws ShapeException if the pictures do not fit the model
     * @throws IllegalArgumentException if there is not one class for each picture, or one is out of range
     */
    public List<float[][]> classActivations(ImageDataset data, int[] classes) {
        network().output();
        return classActivations(data, network().outputs().getFirst().name(), classes);
    }

    /**
     * Finds where in pictures one of several outputs sees a class, see {@link #classActivations(ImageDataset, int[])}.
     *
     * @param data the pictures; all are computed at once
     * @param output the output's name
     * @param classes the class looked for in each
     * @return as there
     * @throws IllegalArgumentException as there, or if there is no such output
     */
    public List<float[][]> classActivations(ImageDataset data, String output, int[] classes) {
        try (var _ = guard.use("classActivations")) {
            return state.trainer().classActivations(data, output, classes);
        }
    }

    /**
     * Writes architecture and weights to one safetensors file; what stood there is replaced in one move.
     *
     * @param file where
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if a weight is not a number, after a training that diverged
     */
    public void save(Path file) throws IOException {
        save(file, Map.of());
    }

    /**
     * Writes architecture and weights, as {@link #save(Path)} does, and notes for those who wonder what the file is.
     *
     * @param file where
     * @param notes free text by key in the file's metadata, for instance by which command the model was trained;
     *            whoever loads the model does not see them
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if a key begins with {@code thalweg.}, as those of this library do
     * @throws IllegalStateException if a weight is not a number, after a training that diverged
     */
    public void save(Path file, Map<String, String> notes) throws IOException {
        try (var _ = guard.use("save")) {
            state.save(file, notes);
        }
    }

    /** {@return the weights as they stand, row-major by name} */
    public Map<String, float[]> weights() {
        try (var _ = guard.use("weights")) {
            return state.weights();
        }
    }

    /**
     * Sets the weights; what the optimizer remembers stays.
     *
     * @param values row-major by name, for instance {@link #averagedWeights}
     * @return this model
     * @throws IllegalArgumentException if one is missing, unknown, or of another size
     */
    public Model weights(Map<String, float[]> values) {
        try (var _ = guard.use("weights")) {
            state.trainer().weights(values);
            return this;
        }
    }

    /**
     * {@return the averages of the weights, moving or as the rule makes them, row-major by name}
     *
     * @throws IllegalStateException if the optimizer keeps none, or there was no training yet
     */
    public Map<String, float[]> averagedWeights() {
        try (var _ = guard.use("averagedWeights")) {
            return state.trainer().averagedWeights();
        }
    }

    /**
     * Tries a training at learning rates that rise from step to step, and sees at which the loss falls fastest. The
     * model itself stays as it was.
     *
     * @param data the pictures to learn from
     * @param fit how; epochs, validation and callbacks are not looked at
     * @param from the first rate, greater than 0
     * @param to the last rate, greater than the first
     * @param steps how many batches are tried, at least 10
     * @return the curve, and a proposal
     * @throws IllegalStateException if the model was not compiled
     */
    public LearningRateRange learningRateRange(ImageDataset data, Fit fit, double from, double to, int steps) {
        try (var _ = guard.use("learningRateRange")) {
            return state.trainer().learningRateRange(data, fit, from, to, steps);
        }
    }

    /** {@return the architecture} */
    public Network network() {
        return state.network();
    }

    /**
     * {@return what the outputs stand for; {@link TargetSpec#UNKNOWN} before the first training}
     *
     * @throws IllegalStateException if the network has several outputs
     */
    public TargetSpec targets() {
        network().output();
        return targets(network().outputs().getFirst().name());
    }

    /**
     * {@return what one of several outputs stands for; {@link TargetSpec#UNKNOWN} before the first training}
     *
     * @param output its name
     * @throws IllegalArgumentException if there is no such output
     */
    public TargetSpec targets(String output) {
        network().end(output);
        return state.targets().getOrDefault(output, TargetSpec.UNKNOWN);
    }

    /**
     * Sets what one of the outputs stands for, where that is known from elsewhere. Training sets it to what the data
     * set said.
     *
     * @param output its name
     * @param what kind, and names
     * @return this model
     * @throws IllegalArgumentException if there is no such output, or there are names but not one for each of its
     *         numbers
     */
    public Model targets(String output, TargetSpec what) {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(what, "what");
        try (var _ = guard.change("targets")) {
            state.targets(output, what);
            return this;
        }
    }

    /** {@return where the pictures come from that the model was trained on last} */
    public Provenance provenance() {
        return state.provenance();
    }

    /** {@return how bytes of pictures become floats} */
    public Normalization normalization() {
        return state.normalization();
    }

    /**
     * {@return whether that is assumed: {@link #normalization(Normalization)} did not say it, the file that the model
     * was read from did not, and it was not trained here; other programs are not told of it then}
     */
    public boolean isNormalizationAssumed() {
        return state.normalizationAssumed();
    }

    /**
     * Sets how pictures in files come to the size that the model knows. Training sets it to what the data set did.
     *
     * @param how for instance {@link Resize#PAD}
     * @return this model
     */
    public Model resize(Resize how) {
        try (var _ = guard.change("resize")) {
            state.resize(how);
            return this;
        }
    }

    /** {@return a table of layers, output shapes and parameter counts} */
    public String summary() {
        return network().summary();
    }

    /**
     * Frees all memory. Closing again does nothing.
     *
     * @throws IllegalStateException if something runs in this model, in whatever thread: it stays open then, to be
     *            closed later
     */
    @Override
    public void close() {
        guard.close(state::free);
    }
}
