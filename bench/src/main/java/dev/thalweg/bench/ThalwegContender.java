package dev.thalweg.bench;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Batch;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.engine.BackendSpec;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.Computation;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.DepthwiseConv2D;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.LayerNormalization;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.model.Network;
import dev.thalweg.model.Padding;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.PatchEmbedding;
import dev.thalweg.model.SelectToken;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** This library, compiled as its trainer compiles, with random pictures and labels. */
public final class ThalwegContender implements TrainingContender {
    private final Scope resources;
    private final NetworkExecutable executable;
    private final long parameters;
    private long step;

    /**
     * Compiles a network.
     *
     * @param backendName {@code onednn} or {@code java}
     * @param precision of activations
     * @param which the network
     * @param batch pictures in a step
     * @param threads how many compute
     * @param training whether to train or to infer
     */
    public ThalwegContender(
            String backendName, DataType precision, BenchNetwork which, int batch, int threads, boolean training) {
        Network network = network(which);
        BackendSpec spec = new BackendSpec(BackendChoice.of(backendName), Threads.of(threads), Device.cpu());
        ModelDescription description = ModelDescription.of(network, network.initialWeights(1), Normalization.unit(3))
                .with(new Computation(precision, false, Map.of(), TestTimeAugmentation.NONE))
                .with(spec);
        parameters = parameters(network);
        if (training) {
            description = description.with(new CategoricalCrossentropy()).with(new SGD(0.01).momentum(0.9));
        }
        try (Scope opening = new Scope()) {
            Backend backend = opening.own(spec.open());
            CompiledNetwork compiled = opening.own(new CompiledNetwork(backend, description));
            executable = training ? compiled.training(batch) : compiled.predicting(batch);
            executable.write(Batch.of(
                    batch, pictures(network.input().batched(batch).arrayLength()), oneHot(batch, which.classes())));
            resources = opening.handOver();
        }
    }

    /**
     * {@return a network in this library's layers}
     *
     * @param which the network
     */
    public static Network network(BenchNetwork which) {
        return Network.of(flow(Flow.input(3, which.pixels(), which.pixels()), which.parts())
                .then(new ActivationLayer(Activation.SOFTMAX)));
    }

    /**
     * {@return how many numbers training moves}
     *
     * @param network whose
     */
    public static long parameters(Network network) {
        return network.parameters().stream()
                .filter(ParameterSpec::trainable)
                .mapToLong(p -> p.shape().elements())
                .sum();
    }

    private static float[] pictures(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static float[] oneHot(int batch, int classes) {
        SplittableRandom random = new SplittableRandom(2);
        float[] values = new float[batch * classes];
        for (int i = 0; i < batch; i++) {
            values[i * classes + random.nextInt(classes)] = 1;
        }
        return values;
    }

    private static Flow flow(Flow x, List<Part> parts) {
        Flow y = x;
        for (Part part : parts) {
            y = switch (part) {
                case Part.Convolution p ->
                    y.then(p.bias() ? convolution(p) : convolution(p).useBias(false));
                case Part.Normalization p -> y.then(new BatchNormalization());
                case Part.DepthwiseConvolution p ->
                    y.then(new DepthwiseConv2D(p.kernel())
                            .stride(p.stride())
                            .padding(Padding.of(p.padding()))
                            .useBias(false));
                case Part.Relu p -> y.then(new ActivationLayer(Activation.RELU));
                case Part.Relu6 p -> y.then(new ActivationLayer(Activation.RELU6));
                case Part.Gelu p -> y.then(new ActivationLayer(Activation.GELU));
                case Part.MaxPooling p -> y.then(new MaxPooling2D(p.kernel(), p.stride(), Padding.of(p.padding())));
                case Part.GlobalAverage p -> y.then(new GlobalAveragePooling2D());
                case Part.Flatten p -> y.then(new Flatten());
                case Part.Dense p -> y.then(new Dense(p.units()));
                case Part.Residual p -> Flow.join(new Add(), flow(y, p.body()), flow(y, p.shortcut()));
                case Part.Patches p -> y.then(new PatchEmbedding(p.side(), p.units()));
                case Part.LayerNormalization p -> y.then(new LayerNormalization());
                case Part.Attention p -> y.then(new MultiHeadAttention(p.heads()));
                case Part.FirstToken p -> y.then(new SelectToken(0));
            };
        }
        return y;
    }

    private static Conv2D convolution(Part.Convolution p) {
        return new Conv2D(p.filters(), p.kernel()).stride(p.stride()).padding(Padding.of(p.padding()));
    }

    @Override
    public float train() {
        executable.train(0, 0.001f, step++);
        return executable.loss();
    }

    @Override
    public long parameters() {
        return parameters;
    }

    @Override
    public void infer() {
        executable.run();
    }

    @Override
    public void close() {
        resources.close();
    }
}
