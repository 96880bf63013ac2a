package dev.thalweg.bench;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.model.Padding;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** This library, compiled as its trainer compiles, with random pictures and labels. */
public final class ThalwegContender implements Contender {
    private final Backend backend;
    private final Parameters parameters;
    private final Executable executable;
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
        Network network = Network.of(flow(Flow.input(3, which.pixels(), which.pixels()), which.parts())
                .then(new ActivationLayer(Activation.SOFTMAX)));
        backend = Backends.open(backendName, threads);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        parameters = backend.newParameters(shapes);
        network.initialWeights(1).forEach((name, values) -> parameters.write(name, MemorySegment.ofArray(values)));
        GraphBuilder g = new GraphBuilder();
        Value pictures = g.input("pictures", network.input().batched(batch));
        Value predictions = network.build(g, pictures, training, name -> false);
        Passes.beforeGradients(g, List.of(predictions), training);
        List<Value> outputs = new ArrayList<>(List.of(predictions));
        Value targets = training ? g.input("targets", predictions.shape()) : null;
        if (training) {
            Value loss = new CategoricalCrossentropy().of(g, predictions, targets);
            outputs.add(loss);
            List<Value> trained = network.parameters().stream()
                    .filter(p -> p.trained())
                    .map(p -> g.parameter(p.name(), p.shape()))
                    .toList();
            List<Value> gradients = Gradients.of(g, loss, trained);
            for (int i = 0; i < trained.size(); i++) {
                g.update(new SGD(0.01).momentum(0.9), trained.get(i), gradients.get(i));
            }
        }
        Graph graph = Passes.afterGradients(g.build(which + " batch " + batch, outputs), precision);
        executable = backend.compile(graph, parameters);
        executable.write(
                pictures,
                MemorySegment.ofArray(pictures(Math.toIntExact(pictures.shape().elements()))));
        if (training) {
            executable.write(targets, MemorySegment.ofArray(oneHot(batch, which.classes())));
        }
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
                    y.then(p.bias() ? convolution(p) : convolution(p).withoutBias());
                case Part.Normalization p -> y.then(new BatchNormalization());
                case Part.Relu p -> y.then(new ActivationLayer(Activation.RELU));
                case Part.MaxPooling p ->
                    y.then(new MaxPooling2D(
                            p.kernel(), p.stride(), Padding.of(p.padding(), p.padding(), p.padding(), p.padding())));
                case Part.GlobalAverage p -> y.then(new GlobalAveragePooling2D());
                case Part.Flatten p -> y.then(new Flatten());
                case Part.Dense p -> y.then(new Dense(p.units()));
                case Part.Residual p -> Flow.join(new Add(), flow(y, p.body()), flow(y, p.shortcut()));
            };
        }
        return y;
    }

    private static Conv2D convolution(Part.Convolution p) {
        return new Conv2D(p.filters(), p.kernel())
                .stride(p.stride())
                .padding(Padding.of(p.padding(), p.padding(), p.padding(), p.padding()));
    }

    @Override
    public void train() {
        executable.run(0.001f, step++);
    }

    @Override
    public void infer() {
        executable.run(0, 0);
    }

    @Override
    public void close() {
        executable.close();
        parameters.close();
        backend.close();
    }
}
