package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.AveragePooling2D;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Concatenate;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Conv2DTranspose;
import dev.thalweg.model.Dense;
import dev.thalweg.model.DepthwiseConv2D;
import dev.thalweg.model.DropPath;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GRU;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.GroupNormalization;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.LSTM;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerContext;
import dev.thalweg.model.LayerNormalization;
import dev.thalweg.model.LeakyReLU;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.model.Multiply;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.model.PadChannels;
import dev.thalweg.model.Padding;
import dev.thalweg.model.PatchEmbedding;
import dev.thalweg.model.Permute;
import dev.thalweg.model.Reshape;
import dev.thalweg.model.Rows;
import dev.thalweg.model.SelectToken;
import dev.thalweg.model.SqueezeAndExcite;
import dev.thalweg.model.Submodule;
import dev.thalweg.model.UpSampling2D;
import dev.thalweg.model.ZeroPadding2D;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** Networks that are written as ONNX: each layer in several settings, each operation, each ready-made network. */
final class WrittenCases {
    private static final Shape PICTURE = Shape.of(4, 7, 9);
    /** What is of positive numbers alone. */
    private static final Set<Eltwise.Kind> POSITIVE = Set.of(Eltwise.Kind.SQRT, Eltwise.Kind.LOG, Eltwise.Kind.POW);

    private static final Shape TOKENS = Shape.of(5, 6);

    private WrittenCases() {}

    /** An operation as a layer of its own. */
    private record Operation(String name, BiFunction<LayerContext, Value, Value> body) implements Layer {
        @Override
        public String kind() {
            return "own";
        }

        @Override
        public Value build(LayerContext context, Value input) {
            return body.apply(context, input);
        }
    }

    /** By a name for messages and files. */
    static Map<String, Network> all() {
        Map<String, Network> cases = small();
        Networks.names().forEach(name -> cases.put(name, Networks.named(name, Shape.of(3, 32, 32), 5)));
        return cases;
    }

    /** All but the ready-made networks, which have millions of weights. */
    static Map<String, Network> small() {
        Map<String, Network> cases = new LinkedHashMap<>();
        layers().forEach(layer -> cases.put("layer-" + cases.size(), network(layer)));
        merges().forEach(network -> cases.put("merge-" + cases.size(), network));
        operations()
                .forEach(operation ->
                        cases.put("operation-" + operation.name(), Network.sequential(PICTURE, List.of(operation))));
        cases.put("two-outputs", twoOutputs());
        return cases;
    }

    private static Network network(Layer layer) {
        boolean tokens = layer instanceof LSTM
                || layer instanceof GRU
                || layer instanceof MultiHeadAttention
                || layer instanceof SelectToken;
        Shape input = tokens ? TOKENS : PICTURE;
        return Network.sequential(input, layer instanceof Dense ? List.of(new Flatten(), layer) : List.of(layer));
    }

    static List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        for (Activation activation : Activation.values()) {
            layers.add(new ActivationLayer(activation));
        }
        layers.addAll(List.of(
                new AveragePooling2D(2),
                new AveragePooling2D(3).stride(2).padding(Padding.SAME),
                new AveragePooling2D(3).stride(1).padding(Padding.of(1, 0, 2, 1)),
                new AveragePooling2D(3).stride(2).padding(Padding.of(0, 3, 0, 3)),
                new MaxPooling2D(2),
                new MaxPooling2D(3).stride(2).padding(Padding.SAME),
                new MaxPooling2D(3).stride(1).padding(Padding.of(1, 0, 2, 1)),
                new GlobalAveragePooling2D(),
                new BatchNormalization(),
                new BatchNormalization(0.5, 1e-2),
                new GroupNormalization(2),
                new GroupNormalization(1, 1e-2),
                new LayerNormalization(),
                new LayerNormalization(1e-2),
                new Conv2D(3, 3),
                new Conv2D(6, 3, Activation.RELU)
                        .stride(2)
                        .padding(Padding.SAME)
                        .groups(2),
                new Conv2D(2, 2, 3, 1, 2, Padding.of(1, 2, 0, 3), 1, Activation.GELU, false, Initializer.HE_UNIFORM),
                new DepthwiseConv2D(3),
                new DepthwiseConv2D(3).stride(2).padding(Padding.SAME).useBias(false),
                new Conv2DTranspose(3, 3, 2),
                new Conv2DTranspose(2, 3, 2).padding(Padding.SAME).activation(Activation.TANH),
                new Conv2DTranspose(2, 4, 3).padding(Padding.SAME),
                new Conv2DTranspose(2, 2, 3).padding(Padding.SAME),
                new Dense(3),
                new Dense(3, Activation.SOFTMAX).useBias(false),
                new Dropout(0.5),
                new DropPath(0.5),
                new Flatten(),
                new LSTM(3),
                new LSTM(4, true),
                new GRU(3),
                new GRU(4, true),
                new MultiHeadAttention(1),
                new MultiHeadAttention(3),
                new PadChannels(1, 2),
                new PadChannels(0, 3),
                new Permute(2, 3, 1),
                new LeakyReLU(0.1),
                new PatchEmbedding(1, 6),
                new Reshape(List.of(6, 42)),
                new Rows(),
                new SelectToken(0),
                new SelectToken(4),
                new SqueezeAndExcite(2),
                Submodule.of(x -> x.then(new Conv2D(4, 1)).then("inner", new ActivationLayer(Activation.RELU))),
                new UpSampling2D(2),
                new UpSampling2D(3),
                new ZeroPadding2D(2),
                new ZeroPadding2D(1, 0, 2, 3)));
        return layers;
    }

    static List<Network> merges() {
        Flow in = Flow.input(4, 6, 6);
        Flow convolved = in.then(new Conv2D(4, 1));
        Flow weights = in.then(new GlobalAveragePooling2D()).then(new Reshape(List.of(4, 1, 1)));
        Flow tokens = Flow.input("tokens", 5, 6);
        return List.of(
                Network.of(Flow.join(new Add(), in, convolved)),
                Network.of(Flow.join(new Add(), in, weights, convolved)),
                Network.of(Flow.join(new Multiply(), weights, convolved)),
                Network.of(Flow.join(new Concatenate(), in, convolved, in)),
                Network.of(Flow.join(new Concatenate(2), in, convolved)),
                Network.of(tokens.then(new Dense(4, Activation.SWISH)).then(new LayerNormalization())),
                Network.of(in.then("shared", new Conv2D(4, 1)).then("shared", new Conv2D(4, 1))));
    }

    private static Network twoOutputs() {
        Flow in = Flow.input(4, 6, 6);
        Flow trunk = in.then(new Conv2D(3, 3)).then(new Flatten());
        return Network.of(List.of(in), List.of(trunk.then("first", new Dense(2)), trunk.then("second", new Dense(3))));
    }

    /** What no layer of the library has, in layers of one's own. */
    static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Eltwise.Kind kind : Eltwise.Kind.values()) {
            float alpha = kind == Eltwise.Kind.CLIP ? -0.3f : 0.7f;
            operations.add(new Operation(kind.name(), (context, x) -> {
                Value positive = context.builder().eltwise(Eltwise.Kind.SQUARE, x);
                boolean inside = POSITIVE.contains(kind);
                return context.builder()
                        .eltwise(kind, inside ? context.builder().linear(positive, 1, 0.1f) : x, alpha, 0.4f);
            }));
        }
        for (Binary.Kind kind : Binary.Kind.values()) {
            if (kind == Binary.Kind.EQUAL) {
                // Numbers at random are not.
                continue;
            }
            operations.add(new Operation(
                    kind.name(),
                    (context, x) -> context.builder()
                            .binary(
                                    kind,
                                    context.parameter("first", Initializer.ONES, 4, 1, 1),
                                    context.builder()
                                            .linear(context.builder().eltwise(Eltwise.Kind.ABS, x), 1, 0.5f))));
        }
        operations.addAll(List.of(
                operation(
                        "equal-to-what-is-positive",
                        (b, x) -> b.binary(Binary.Kind.EQUAL, x, b.eltwise(Eltwise.Kind.RELU, x))),
                operation("sums", (b, x) -> b.reduce(Reduction.Kind.SUM, x, 1, 3)),
                operation("greatest", (b, x) -> b.reduce(Reduction.Kind.MAX, x, 1, 3)),
                operation("means", (b, x) -> b.reduce(Reduction.Kind.MEAN, x, 2)),
                operation("mean-of-batch", (b, x) -> b.add(x, b.reduce(Reduction.Kind.MEAN, x))),
                operation("softmax-of-columns", (b, x) -> b.softmax(x, 2)),
                operation("log-softmax-of-rows", (b, x) -> b.logSoftmax(x, -1)),
                operation(
                        "given-numbers",
                        (b, x) -> b.multiply(x, b.constant(new float[] {1, 2, 3, 4}, Shape.of(4, 1, 1)))),
                operation("one-minus", (b, x) -> b.binary(Binary.Kind.SUB, b.constant(1, Shape.of(1)), x)),
                operation("constants-beside", (b, x) -> b.concat(1, List.of(b.constant(2, x.shape()), x))),
                operation(
                        "different-constants-beside",
                        (b, x) -> b.concat(1, List.of(b.constant(2, x.shape()), x, b.constant(3, x.shape())))),
                operation("repeated", (b, x) -> b.broadcast(b.slice(x, 3, 2, 1), x.shape())),
                operation("products", (b, x) -> b.matmul(b.apply(new MatMul(false, true), x, x), b.softmax(x, 1))),
                operation(
                        "transposed-products",
                        (b, x) -> b.apply(new MatMul(true, false), x, b.eltwise(Eltwise.Kind.TANH, x))),
                operation(
                        "padded-average",
                        (b, x) -> b.pooling(
                                Pooling.Kind.AVERAGE_INCLUDING_PADDING,
                                x,
                                Window.square(3).padding(1, 1, 1, 1))),
                operation(
                        "dilated-maximum",
                        (b, x) -> b.pooling(
                                Pooling.Kind.MAX,
                                x,
                                Window.square(2).dilation(3).padding(2, 2, 2, 2))),
                operation(
                        "greatest", (b, x) -> b.pooling(Pooling.Kind.MAX, x, new Window(7, 9, 1, 1, 1, 1, 0, 0, 0, 0))),
                operation("rounded", (b, x) -> b.cast(b.cast(b.linear(x, 100, 0), DataType.INT8), DataType.FLOAT32)),
                operation("normalized-rows", (b, x) -> b.normalize(x, 1e-3f)),
                operation(
                        "channels-first-to-last-and-back",
                        (b, x) -> b.transpose(b.transpose(x, 0, 2, 3, 1), 0, 3, 1, 2)),
                new Operation(
                        "statistics-of-batch",
                        (context, x) -> context.builder()
                                .batchNormalization(
                                        x,
                                        context.parameter("scale", Initializer.ONES, 4),
                                        context.parameter("shift", Initializer.ZEROS, 4),
                                        1e-3f)
                                .getFirst()),
                new Operation(
                        "learnt-tokens-for-each",
                        (context, x) -> context.builder()
                                .broadcast(
                                        context.parameter("tokens", Initializer.ONES, 1, 2, 3),
                                        Shape.of(x.shape().dim(0), 2, 3))),
                new Operation("weights-computed", (context, x) -> {
                    GraphBuilder builder = context.builder();
                    Value kernel = context.parameter("kernel", Initializer.ONES, 3, 4, 1, 1);
                    return builder.convolution(
                            x, builder.eltwise(Eltwise.Kind.TANH, kernel), null, Window.square(1), 1);
                })));
        return operations;
    }

    private static Operation operation(String name, BiFunction<GraphBuilder, Value, Value> body) {
        return new Operation(name, (context, x) -> body.apply(context.builder(), x));
    }
}
