package dev.thalweg.backend;

import dev.thalweg.collective.Twins;
import dev.thalweg.graph.AllReduce;
import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.SoftmaxCrossEntropy;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2DTranspose;
import dev.thalweg.model.Dense;
import dev.thalweg.model.DepthwiseConv2D;
import dev.thalweg.model.GRU;
import dev.thalweg.model.GroupNormalization;
import dev.thalweg.model.LSTM;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerNormalization;
import dev.thalweg.model.LeakyReLU;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.model.PadChannels;
import dev.thalweg.model.Padding;
import dev.thalweg.model.PatchEmbedding;
import dev.thalweg.model.Permute;
import dev.thalweg.model.Rows;
import dev.thalweg.model.SelectToken;
import dev.thalweg.model.SqueezeAndExcite;
import dev.thalweg.model.UpSampling2D;
import dev.thalweg.model.ZeroPadding2D;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every operation with the attributes that matter, and randomised shapes. */
final class OpCases {
    private OpCases() {}

    static List<OpCase> all() {
        List<OpCase> cases = new ArrayList<>();
        convolutions(cases);
        fused(cases);
        poolings(cases);
        products(cases);
        elementwise(cases);
        shapes(cases);
        losses(cases);
        arrangements(cases);
        normalizations(cases);
        recurrences(cases);
        layers(cases);
        networks(cases);
        return cases;
    }

    private static Value parameter(GraphBuilder g, String name, int... dims) {
        return g.parameter(name, Shape.of(dims));
    }

    private static Value convolution(
            GraphBuilder g,
            int n,
            int c,
            int h,
            int w,
            int filters,
            Window window,
            Padding padding,
            int groups,
            boolean bias) {
        return g.convolution(
                parameter(g, "x", n, c, h, w),
                parameter(g, "w", filters, c / groups, window.kernelHeight(), window.kernelWidth()),
                bias ? parameter(g, "b", filters) : null,
                padding.resolve(window, h, w),
                groups);
    }

    private static void convolutions(List<OpCase> cases) {
        cases.add(OpCase.of(
                "convolution valid", g -> convolution(g, 2, 3, 7, 6, 4, Window.square(3), Padding.VALID, 1, true)));
        cases.add(OpCase.of(
                "convolution same", g -> convolution(g, 2, 3, 5, 7, 8, Window.square(3), Padding.SAME, 1, true)));
        cases.add(OpCase.of(
                "convolution same, even kernel",
                g -> convolution(g, 1, 1, 6, 5, 3, Window.square(2), Padding.SAME, 1, true)));
        cases.add(OpCase.of(
                "convolution same, stride 2",
                g -> convolution(g, 2, 2, 7, 8, 3, Window.square(3).stride(2), Padding.SAME, 1, true)));
        cases.add(OpCase.of(
                "convolution stride 3 leaves pixels over",
                g -> convolution(g, 1, 2, 9, 8, 2, Window.square(2).stride(3), Padding.VALID, 1, true)));
        cases.add(OpCase.of(
                "convolution dilation 2",
                g -> convolution(g, 2, 2, 8, 7, 3, Window.square(3).dilation(2), Padding.SAME, 1, true)));
        cases.add(OpCase.of(
                "convolution explicit asymmetric padding",
                g -> convolution(g, 1, 2, 5, 5, 2, Window.square(3), Padding.of(2, 0, 1, 2), 1, true)));
        cases.add(OpCase.of(
                "convolution without bias",
                g -> convolution(g, 2, 3, 5, 5, 4, Window.square(3), Padding.VALID, 1, false)));
        cases.add(OpCase.of(
                "convolution groups 2", g -> convolution(g, 2, 4, 5, 6, 6, Window.square(3), Padding.SAME, 2, true)));
        cases.add(OpCase.of(
                "convolution depthwise", g -> convolution(g, 2, 8, 5, 5, 8, Window.square(3), Padding.SAME, 8, true)));
        cases.add(OpCase.of(
                "convolution depthwise, multiplier 2",
                g -> convolution(g, 1, 3, 5, 5, 6, Window.square(3).stride(2), Padding.SAME, 3, true)));
        cases.add(OpCase.of(
                "convolution pointwise",
                g -> convolution(g, 3, 8, 4, 4, 16, Window.square(1), Padding.VALID, 1, true)));
        cases.add(OpCase.of(
                "convolution 1x3 kernel",
                g -> convolution(g, 2, 3, 4, 6, 2, new Window(1, 3, 1, 2, 1, 1, 0, 0, 0, 0), Padding.SAME, 1, true)));
        cases.add(OpCase.of(
                "convolution to one pixel",
                g -> convolution(g, 1, 3, 4, 4, 5, Window.square(4), Padding.VALID, 1, true)));
        for (int[] s :
                new int[][] {{1, 1, 1, 4, 1}, {2, 3, 5, 1, 1}, {1, 8, 1, 1, 1}, {3, 16, 4, 4, 1}, {2, 1, 3, 3, 16}}) {
            for (int kernel : new int[] {1, Math.min(s[2], s[3])}) {
                cases.add(OpCase.of(
                        "convolution of little: " + Arrays.toString(s) + " kernel " + kernel,
                        g -> convolution(
                                g, s[0], s[1], s[2], s[3], s[4], Window.square(kernel), Padding.VALID, 1, true)));
            }
        }
        Random random = new Random(7);
        for (int i = 0; i < 12; i++) {
            int groups = random.nextInt(3) == 0 ? 2 : 1;
            int n = 1 + random.nextInt(3);
            int c = random.nextInt(3) == 0 ? 1 * groups : (1 + random.nextInt(10)) * groups;
            int filters = (1 + random.nextInt(9)) * groups;
            int h = 4 + random.nextInt(6);
            int w = 4 + random.nextInt(6);
            Window window = Window.square(1 + random.nextInt(3))
                    .stride(1 + random.nextInt(2))
                    .dilation(1 + random.nextInt(2));
            boolean same = h < window.extentHeight() || w < window.extentWidth() || random.nextBoolean();
            boolean bias = random.nextBoolean();
            cases.add(OpCase.of(
                    "convolution random " + i + ": " + n + "x" + c + "x" + h + "x" + w + " to " + filters + " groups "
                            + groups + " " + window,
                    g -> convolution(
                            g, n, c, h, w, filters, window, same ? Padding.SAME : Padding.VALID, groups, bias)));
        }
    }

    /** What the passes make: activations and sums within an operation. */
    private static void fused(List<OpCase> cases) {
        for (Eltwise function : List.of(
                new Eltwise(Eltwise.Kind.RELU, 0, 0),
                new Eltwise(Eltwise.Kind.RELU, 0.3f, 0),
                new Eltwise(Eltwise.Kind.ELU, 1, 0),
                new Eltwise(Eltwise.Kind.LOGISTIC, 0, 0),
                new Eltwise(Eltwise.Kind.TANH, 0, 0))) {
            cases.add(OpCase.of(
                    "convolution with " + function,
                    g -> g.apply(
                            new Convolution(Window.square(3), 1, PostOps.NONE.then(function)),
                            parameter(g, "x", 2, 3, 6, 5),
                            parameter(g, "w", 8, 3, 3, 3),
                            parameter(g, "b", 8))));
            cases.add(OpCase.of(
                    "inner product with " + function,
                    g -> g.apply(
                            new InnerProduct(Optional.of(function)),
                            parameter(g, "x", 3, 7),
                            parameter(g, "w", 5, 7),
                            parameter(g, "b", 5))));
            cases.add(OpCase.of(
                    "sum with " + function,
                    g -> g.apply(
                            new Binary(Binary.Kind.ADD, Optional.of(function)),
                            parameter(g, "x", 2, 3, 4, 5),
                            parameter(g, "y", 2, 3, 4, 5))));
        }
        for (boolean bias : new boolean[] {false, true}) {
            for (Optional<Eltwise> function :
                    List.of(Optional.<Eltwise>empty(), Optional.of(new Eltwise(Eltwise.Kind.RELU, 0, 0)))) {
                cases.add(OpCase.of(
                        "convolution adds, bias " + bias + ", " + function,
                        g -> g.apply(
                                new Convolution(Window.square(1), 2, new PostOps(true, function)),
                                Stream.of(
                                                parameter(g, "x", 2, 4, 5, 3),
                                                parameter(g, "w", 6, 2, 1, 1),
                                                bias ? parameter(g, "b", 6) : null,
                                                // The summand's memory is overwritten, so it is not a parameter itself.
                                                g.add(parameter(g, "s", 2, 6, 5, 3), parameter(g, "t", 2, 6, 5, 3)))
                                        .filter(v -> v != null)
                                        .toArray(Value[]::new))));
            }
        }
    }

    private static void poolings(List<OpCase> cases) {
        for (Pooling.Kind kind : Pooling.Kind.values()) {
            cases.add(pooling(kind, "2x2", 2, 3, 6, 4, Window.square(2).stride(2), Padding.VALID));
            cases.add(pooling(
                    kind, "2x2 leaves pixels over", 1, 8, 5, 7, Window.square(2).stride(2), Padding.VALID));
            cases.add(pooling(
                    kind, "3x3 stride 2 same", 2, 1, 7, 8, Window.square(3).stride(2), Padding.SAME));
            cases.add(pooling(kind, "3x3 stride 1 same", 1, 16, 5, 5, Window.square(3), Padding.SAME));
            cases.add(pooling(kind, "asymmetric padding", 1, 2, 5, 6, Window.square(3), Padding.of(1, 2, 0, 1)));
            cases.add(pooling(
                    kind,
                    "padding that no window reaches",
                    1,
                    2,
                    6,
                    8,
                    Window.square(3).stride(2),
                    Padding.of(1, 3, 1, 3)));
            cases.add(
                    pooling(kind, "2x2 dilation 2", 2, 3, 6, 6, Window.square(2).dilation(2), Padding.VALID));
        }
        cases.add(OpCase.of("global average pooling", g -> g.globalAveragePooling(parameter(g, "x", 2, 5, 4, 3))));
    }

    private static OpCase pooling(
            Pooling.Kind kind, String name, int n, int c, int h, int w, Window window, Padding padding) {
        return OpCase.of(
                kind + " pooling " + name,
                g -> g.pooling(kind, parameter(g, "x", n, c, h, w), padding.resolve(window, h, w)));
    }

    private static void products(List<OpCase> cases) {
        for (int[] s : new int[][] {{1, 1, 1}, {1, 7, 3}, {4, 33, 10}, {5, 300, 2}, {3, 16, 16}}) {
            cases.add(OpCase.of(
                    "inner product " + s[0] + "x" + s[1] + " to " + s[2],
                    g -> g.innerProduct(
                            parameter(g, "x", s[0], s[1]), parameter(g, "w", s[2], s[1]), parameter(g, "b", s[2]))));
        }
        cases.add(OpCase.of(
                "inner product without bias",
                g -> g.innerProduct(parameter(g, "x", 3, 5), parameter(g, "w", 4, 5), null)));
        for (int[] s :
                new int[][] {{2, 3, 4, 5, 6}, {1, 1, 3, 1, 1}, {1, 8, 3, 3, 1}, {5, 3, 4, 2, 1}, {2, 16, 1, 5, 1}}) {
            int inputs = s[1] * s[2] * s[3];
            cases.add(OpCase.of(
                    "inner product of flattened pictures " + Arrays.toString(s),
                    g -> g.innerProduct(
                            g.flatten(parameter(g, "x", s[0], s[1], s[2], s[3])),
                            parameter(g, "w", s[4], inputs),
                            parameter(g, "b", s[4]))));
        }
    }

    private static OpCase eltwise(Eltwise.Kind kind, float alpha, float beta) {
        return OpCase.of(
                kind + " " + alpha + " " + beta, g -> g.eltwise(kind, parameter(g, "x", 3, 5, 2, 7), alpha, beta));
    }

    private static void sumsOverReplicas(List<OpCase> cases) {
        AllReduce sum = new AllReduce(new Twins());
        cases.add(OpCase.of("sum over replicas", g -> g.apply(sum, parameter(g, "x", 3, 700))));
        cases.add(OpCase.of("sum over replicas of a convolution's result", g -> {
            Value result = convolution(g, 2, 16, 6, 6, 16, Window.square(3), Padding.SAME, 1, true);
            return g.eltwise(Eltwise.Kind.TANH, g.apply(sum, result));
        }));
        cases.add(OpCase.of("sums over replicas, and what they are of", g -> {
            Value x = g.eltwise(Eltwise.Kind.TANH, parameter(g, "x", 4, 5));
            Value first = g.apply(sum, x);
            Value second = g.apply(sum, g.eltwise(Eltwise.Kind.SQUARE, x));
            return g.add(g.multiply(x, g.reshape(g.reshape(first, Shape.of(20)), Shape.of(4, 5))), second);
        }));
    }

    private static void elementwise(List<OpCase> cases) {
        cases.add(eltwise(Eltwise.Kind.RELU, 0, 0));
        cases.add(eltwise(Eltwise.Kind.RELU, 0.1f, 0));
        cases.add(eltwise(Eltwise.Kind.RELU, -0.5f, 0));
        cases.add(eltwise(Eltwise.Kind.ELU, 1, 0));
        cases.add(eltwise(Eltwise.Kind.ELU, 0.7f, 0));
        cases.add(eltwise(Eltwise.Kind.LOGISTIC, 0, 0));
        cases.add(eltwise(Eltwise.Kind.TANH, 0, 0));
        cases.add(eltwise(Eltwise.Kind.GELU_ERF, 0, 0));
        cases.add(eltwise(Eltwise.Kind.GELU_TANH, 0, 0));
        cases.add(eltwise(Eltwise.Kind.SWISH, 1, 0));
        cases.add(eltwise(Eltwise.Kind.SWISH, 1.7f, 0));
        cases.add(eltwise(Eltwise.Kind.HARD_SWISH, 1 / 6f, 0.5f));
        cases.add(new OpCase(
                "HARD_SWISH where it bends",
                g -> g.eltwise(Eltwise.Kind.HARD_SWISH, parameter(g, "x", 40), 1 / 6f, 0.5f),
                -5,
                5));
        cases.add(eltwise(Eltwise.Kind.SOFT_RELU, 0, 0));
        cases.add(eltwise(Eltwise.Kind.LINEAR, -2.5f, 0.5f));
        cases.add(eltwise(Eltwise.Kind.SQUARE, 0, 0));
        cases.add(eltwise(Eltwise.Kind.ABS, 0, 0));
        cases.add(eltwise(Eltwise.Kind.EXP, 0, 0));
        cases.add(eltwise(Eltwise.Kind.CLIP, -0.5f, 0.8f));
        cases.add(eltwise(Eltwise.Kind.POW, 0.5f, 3));
        cases.add(OpCase.positive(
                "POW of a fraction", g -> g.eltwise(Eltwise.Kind.POW, parameter(g, "x", 3, 11), 1.5f, -0.7f)));
        cases.add(OpCase.of("ROUND to one side", g -> {
            Value x = parameter(g, "x", 3, 11);
            return g.add(x, g.eltwise(Eltwise.Kind.ROUND, g.linear(x, 2, 0.25f)));
        }));
        cases.add(OpCase.of("constant tensor", g -> {
            float[] numbers = {1, -2, 0.5f, 3, 0, 7};
            return g.multiply(parameter(g, "x", 4, 2, 3), g.constant(numbers, Shape.of(2, 3)));
        }));
        sumsOverReplicas(cases);
        cases.add(OpCase.positive("SQRT", g -> g.eltwise(Eltwise.Kind.SQRT, parameter(g, "x", 3, 11))));
        cases.add(OpCase.positive("LOG", g -> g.eltwise(Eltwise.Kind.LOG, parameter(g, "x", 3, 11))));
        cases.add(OpCase.of(
                "elementwise over several tiles", g -> g.eltwise(Eltwise.Kind.TANH, parameter(g, "x", 5, 1000))));
        for (Binary.Kind kind : Binary.Kind.values()) {
            cases.add(OpCase.positive(
                    kind + " same shape",
                    g -> combined(g, kind, parameter(g, "a", 2, 3, 4, 5), parameter(g, "b", 2, 3, 4, 5))));
            cases.add(OpCase.positive(
                    kind + " a channel's number",
                    g -> combined(g, kind, parameter(g, "a", 2, 3, 4, 5), parameter(g, "b", 1, 3, 1, 1))));
            cases.add(OpCase.positive(
                    kind + " a row", g -> combined(g, kind, parameter(g, "a", 4, 6), parameter(g, "b", 6))));
            cases.add(OpCase.positive(
                    kind + " a column", g -> combined(g, kind, parameter(g, "a", 4, 6), parameter(g, "b", 4, 1))));
            cases.add(OpCase.positive(
                    kind + " first repeated", g -> combined(g, kind, parameter(g, "a", 6), parameter(g, "b", 4, 6))));
            cases.add(OpCase.positive(
                    kind + " both repeated", g -> combined(g, kind, parameter(g, "a", 4, 1), parameter(g, "b", 1, 6))));
            cases.add(OpCase.positive(
                    kind + " one number", g -> combined(g, kind, parameter(g, "a", 3, 2, 2, 3), parameter(g, "b", 1))));
        }
        for (Binary.Kind kind :
                List.of(Binary.Kind.EQUAL, Binary.Kind.GREATER, Binary.Kind.GREATER_OR_EQUAL, Binary.Kind.MAX)) {
            cases.add(OpCase.of(kind + " of equals, more and less", g -> {
                Value x = parameter(g, "x", 5);
                // Equal, greater and smaller ones; without a gradient of its own, hence the sum.
                return g.add(x, g.binary(kind, x, g.concat(0, List.of(g.slice(x, 0, 0, 2), g.slice(x, 0, 1, 3)))));
            }));
        }
        cases.add(OpCase.of("a value used twice", g -> {
            Value x = parameter(g, "x", 3, 4);
            return g.add(g.multiply(x, x), x);
        }));
    }

    /** Comparisons have no gradient: a product stands beside each combination. */
    private static Value combined(GraphBuilder g, Binary.Kind kind, Value a, Value b) {
        return g.add(g.binary(kind, a, b), g.multiply(a, b));
    }

    private static void shapes(List<OpCase> cases) {
        for (Reduction.Kind kind : Reduction.Kind.values()) {
            cases.add(OpCase.of(kind + " over all", g -> g.reduce(kind, parameter(g, "x", 3, 4, 5))));
            cases.add(OpCase.of(kind + " over the last", g -> g.reduce(kind, parameter(g, "x", 3, 4, 5), -1)));
            cases.add(OpCase.of(kind + " over the first", g -> g.reduce(kind, parameter(g, "x", 3, 4, 5), 0)));
            cases.add(OpCase.of(
                    kind + " over one element",
                    g -> g.add(g.reduce(kind, parameter(g, "x", 5, 1), 1), g.reduce(kind, parameter(g, "y", 1, 1)))));
            cases.add(OpCase.of(
                    kind + " over all but channels", g -> g.reduce(kind, parameter(g, "x", 2, 3, 4, 5), 0, 2, 3)));
        }
        cases.add(OpCase.of("broadcast", g -> g.broadcast(parameter(g, "x", 2, 1, 3, 1), Shape.of(2, 4, 3, 5))));
        cases.add(OpCase.of("reshape", g -> g.reshape(parameter(g, "x", 2, 3, 4), Shape.of(4, 6))));
        for (int axis = 0; axis < 4; axis++) {
            int chosen = axis;
            cases.add(OpCase.of("softmax axis " + axis, g -> g.softmax(parameter(g, "x", 2, 3, 4, 5), chosen)));
            cases.add(OpCase.of("log-softmax axis " + axis, g -> g.logSoftmax(parameter(g, "x", 2, 3, 4, 5), chosen)));
        }
    }

    private static void losses(List<OpCase> cases) {
        cases.add(OpCase.of(
                "softmax cross-entropy of one class",
                g -> g.apply(new SoftmaxCrossEntropy(), parameter(g, "x", 5, 1), g.input("t", Shape.of(5, 1)))));
        cases.add(OpCase.of(
                "softmax cross-entropy of each example",
                g -> g.apply(new SoftmaxCrossEntropy(), parameter(g, "x", 5, 10), g.input("t", Shape.of(5, 10)))));
        cases.add(OpCase.of(
                "softmax cross-entropy, mean",
                g -> g.softmaxCrossEntropy(parameter(g, "x", 3, 7), g.input("t", Shape.of(3, 7)))));
        cases.add(OpCase.of(
                "softmax cross-entropy of one example",
                g -> g.softmaxCrossEntropy(parameter(g, "x", 1, 4), g.input("t", Shape.of(1, 4)))));
    }

    private static void arrangements(List<OpCase> cases) {
        for (int axis = 0; axis < 4; axis++) {
            int chosen = axis;
            Shape first = Shape.of(2, 3, 4, 5);
            cases.add(OpCase.of(
                    "concat axis " + axis,
                    g -> g.concat(
                            chosen,
                            List.of(
                                    g.parameter("a", first),
                                    g.parameter("b", first.with(chosen, 1)),
                                    g.parameter("c", first.with(chosen, 7))))));
            cases.add(OpCase.of("slice axis " + axis, g -> g.slice(parameter(g, "x", 4, 5, 6, 7), chosen, 1, 2)));
            cases.add(OpCase.of(
                    "slice to the end of axis " + axis,
                    g -> g.slice(parameter(g, "x", 4, 5, 6, 7), chosen, 2, 2 + chosen)));
        }
        cases.add(OpCase.of("concat of convolutions", g -> {
            Value x = parameter(g, "x", 2, 8, 5, 5);
            return g.concat(
                    1,
                    List.of(
                            g.convolution(
                                    x,
                                    parameter(g, "w1", 16, 8, 3, 3),
                                    null,
                                    Padding.SAME.resolve(Window.square(3), 5, 5),
                                    1),
                            g.convolution(x, parameter(g, "w2", 5, 8, 1, 1), null, Window.square(1), 1)));
        }));
        for (int[] filters : new int[][] {{16, 32}, {16, 5}, {3, 16}, {8, 8, 16}}) {
            cases.add(OpCase.of("concat between convolutions of " + Arrays.toString(filters), g -> {
                Value x = parameter(g, "x", 2, 8, 4, 4);
                List<Value> parts = IntStream.range(0, filters.length)
                        .mapToObj(i ->
                                g.convolution(x, parameter(g, "w" + i, filters[i], 8, 1, 1), null, Window.square(1), 1))
                        .toList();
                Value all = g.concat(1, parts);
                return g.convolution(all, parameter(g, "w", 4, all.shape().dim(1), 1, 1), null, Window.square(1), 1);
            }));
        }
        for (int[] part : new int[][] {{0, 16}, {16, 16}, {5, 11}, {16, 3}}) {
            cases.add(OpCase.of("slice between convolutions " + Arrays.toString(part), g -> {
                Value x = g.convolution(
                        parameter(g, "x", 2, 8, 4, 4), parameter(g, "w1", 32, 8, 1, 1), null, Window.square(1), 1);
                return g.convolution(
                        g.slice(x, 1, part[0], part[1]),
                        parameter(g, "w2", 4, part[1], 1, 1),
                        null,
                        Window.square(1),
                        1);
            }));
        }
        cases.add(OpCase.of("slices of what is overwritten, of each other and in place", g -> {
            Value x = g.linear(parameter(g, "x", 3, 8, 5), 2, 0);
            Value slice = g.slice(x, 1, 1, 4);
            Value over = g.eltwise(Eltwise.Kind.TANH, x);
            Value ofSlice = g.eltwise(Eltwise.Kind.TANH, g.slice(slice, 2, 1, 3));
            Value turned = g.slice(g.transpose(x, 2, 0, 1), 0, 2, 2);
            return g.concat(
                    0,
                    List.of(
                            g.reshape(over, Shape.of(120)),
                            g.reshape(slice, Shape.of(60)),
                            g.reshape(ofSlice, Shape.of(36)),
                            g.reshape(turned, Shape.of(48))));
        }));
        cases.add(OpCase.of("transpose 2-D", g -> g.transpose(parameter(g, "x", 3, 5), 1, 0)));
        cases.add(OpCase.of("transpose of a square, both ways", g -> {
            Value x = parameter(g, "x", 8, 8);
            return g.concat(1, List.of(g.transpose(x, 1, 0), g.eltwise(Eltwise.Kind.TANH, g.transpose(x, 1, 0)), x));
        }));
        cases.add(OpCase.of("transpose 4-D", g -> g.transpose(parameter(g, "x", 2, 3, 4, 5), 0, 2, 1, 3)));
        cases.add(OpCase.of(
                "transpose 4-D, all axes",
                g -> g.eltwise(Eltwise.Kind.TANH, g.transpose(parameter(g, "x", 2, 3, 4, 5), 3, 1, 0, 2))));
        cases.add(OpCase.of(
                "transpose, then reshape",
                g -> g.reshape(g.transpose(parameter(g, "x", 2, 3, 4), 2, 0, 1), Shape.of(4, 6))));
        cases.add(OpCase.of("matrix by a column", g -> g.matmul(parameter(g, "a", 3, 5), parameter(g, "b", 5, 1))));
        cases.add(OpCase.of("row by a matrix", g -> g.matmul(parameter(g, "a", 1, 5), parameter(g, "b", 5, 4))));
        cases.add(OpCase.of(
                "rows by columns", g -> g.matmul(parameter(g, "a", 2, 3, 1, 7), parameter(g, "b", 2, 3, 7, 1))));
        for (boolean first : new boolean[] {false, true}) {
            for (boolean second : new boolean[] {false, true}) {
                String how = (first ? " transposed" : "") + " by" + (second ? " transposed" : "");
                cases.add(OpCase.of(
                        "matrix" + how,
                        g -> g.apply(
                                new MatMul(first, second),
                                first ? parameter(g, "a", 5, 3) : parameter(g, "a", 3, 5),
                                second ? parameter(g, "b", 4, 5) : parameter(g, "b", 5, 4))));
                cases.add(OpCase.of(
                        "matrices" + how,
                        g -> g.apply(
                                new MatMul(first, second),
                                first ? parameter(g, "a", 2, 3, 17, 9) : parameter(g, "a", 2, 3, 9, 17),
                                second ? parameter(g, "b", 2, 3, 6, 17) : parameter(g, "b", 2, 3, 17, 6))));
            }
        }
        Window stride2 = Window.square(2).stride(2);
        cases.add(OpCase.of(
                "transposed convolution",
                g -> g.apply(
                        new ConvolutionBackwardData(stride2, 1, Shape.of(2, 3, 8, 6)),
                        parameter(g, "x", 2, 5, 4, 3),
                        parameter(g, "w", 5, 3, 2, 2))));
        cases.add(OpCase.of(
                "transposed convolution, overlapping",
                g -> g.apply(
                        new ConvolutionBackwardData(
                                Padding.SAME.resolve(Window.square(3).stride(2), 7, 7), 1, Shape.of(1, 8, 7, 7)),
                        parameter(g, "x", 1, 4, 4, 4),
                        parameter(g, "w", 4, 8, 3, 3))));
    }

    private static Value normalization(GraphBuilder g, boolean relu, int... dims) {
        return g.apply(
                new BatchNormalization(1e-3f, relu),
                parameter(g, "x", dims),
                parameter(g, "scale", dims[1]),
                parameter(g, "shift", dims[1]));
    }

    private static void normalizations(List<OpCase> cases) {
        for (boolean relu : new boolean[] {false, true}) {
            String with = relu ? " with ReLU" : "";
            cases.add(OpCase.of("batch normalization" + with, g -> normalization(g, relu, 3, 4, 5, 2)));
            cases.add(OpCase.of("batch normalization, 16 channels" + with, g -> normalization(g, relu, 2, 16, 3, 3)));
            cases.add(OpCase.of(
                    "batch normalization, one picture, one channel" + with, g -> normalization(g, relu, 1, 1, 4, 4)));
            cases.add(OpCase.of("batch normalization of rows" + with, g -> normalization(g, relu, 6, 5)));
            cases.add(OpCase.of("batch normalization between convolutions" + with, g -> {
                Window same = Padding.SAME.resolve(Window.square(3), 5, 5);
                Value x = g.convolution(parameter(g, "x", 2, 8, 5, 5), parameter(g, "w1", 16, 8, 3, 3), null, same, 1);
                Value y = g.apply(
                        new BatchNormalization(1e-3f, relu), x, parameter(g, "scale", 16), parameter(g, "shift", 16));
                return g.convolution(y, parameter(g, "w2", 4, 16, 3, 3), null, same, 1);
            }));
            cases.add(OpCase.positive(
                    "batch normalization by given statistics" + with,
                    g -> g.apply(
                            new BatchNormalizationInference(1e-3f, relu),
                            parameter(g, "x", 3, 4, 3, 3),
                            parameter(g, "scale", 4),
                            parameter(g, "shift", 4),
                            g.input("mean", Shape.of(4)),
                            g.input("variance", Shape.of(4)))));
        }
        cases.add(OpCase.of("normalization of the last axis", g -> g.normalize(parameter(g, "x", 2, 3, 7), 1e-3f)));
        for (int[] dims : new int[][] {{5}, {3, 1}, {4, 16}, {2, 5, 33}, {2, 1, 3, 2, 19}}) {
            int last = dims[dims.length - 1];
            cases.add(OpCase.of(
                    "layer normalization of " + Arrays.toString(dims),
                    g -> g.layerNormalization(
                            parameter(g, "x", dims), parameter(g, "scale", last), parameter(g, "shift", last), 1e-3f)));
        }
        cases.add(OpCase.of("layer normalization of a picture's channels between convolutions", g -> {
            Value x = g.convolution(
                    parameter(g, "x", 2, 4, 3, 3), parameter(g, "w1", 16, 4, 1, 1), null, Window.square(1), 1);
            Value y = g.layerNormalization(
                    g.transpose(x, 0, 2, 3, 1), parameter(g, "scale", 16), parameter(g, "shift", 16), 1e-3f);
            return g.convolution(
                    g.transpose(y, 0, 3, 1, 2), parameter(g, "w2", 4, 16, 1, 1), null, Window.square(1), 1);
        }));
    }

    /** Steps, batch, numbers of a step and of a state: one each, and more than a sub-group of a GPU. */
    private static final int[][] SEQUENCES = {
        {1, 1, 1, 1}, {1, 1, 3, 1}, {3, 2, 4, 5}, {7, 3, 2, 16}, {2, 2, 16, 16}, {4, 5, 17, 3}
    };

    private static void recurrences(List<OpCase> cases) {
        for (Recurrence.Kind kind : Recurrence.Kind.values()) {
            for (int[] s : SEQUENCES) {
                int columns = kind.gates() * s[3];
                cases.add(new OpCase(
                        kind + " of " + s[0] + " steps, batch " + s[1] + ", " + s[2] + " to " + s[3],
                        g -> g.apply(
                                new Recurrence(kind),
                                parameter(g, "x", s[0], s[1], s[2]),
                                parameter(g, "w", s[2], columns),
                                parameter(g, "u", s[3], columns),
                                parameter(g, "b", 4 * s[3])),
                        -0.7,
                        0.7));
            }
            cases.add(new OpCase(
                    "rows through two " + kind,
                    g -> Network.sequential(
                                    Shape.of(2, 4, 3),
                                    List.of(
                                            new Rows(),
                                            kind == Recurrence.Kind.LSTM ? new LSTM(5, true) : new GRU(5, true),
                                            kind == Recurrence.Kind.LSTM ? new LSTM(4) : new GRU(4),
                                            new Dense(3)))
                            .build(g, List.of(g.parameter("x", Shape.of(2, 2, 4, 3))), true, p -> false)
                            .getFirst(),
                    -0.7,
                    0.7));
        }
    }

    private static OpCase layers(String name, Shape picture, Layer... layers) {
        return OpCase.of(
                "layer " + name,
                g -> Network.sequential(picture, List.of(layers))
                        .build(g, List.of(g.parameter("x", picture.batched(2))), true, p -> false)
                        .getFirst());
    }

    private static void layers(List<OpCase> cases) {
        cases.add(layers("layer normalization", Shape.of(5, 6), new LayerNormalization(1e-3)));
        cases.add(layers("group normalization", Shape.of(6, 3, 4), new GroupNormalization(3, 1e-3)));
        cases.add(layers("group normalization of one group", Shape.of(4, 3, 3), new GroupNormalization(1, 1e-3)));
        cases.add(layers(
                "depthwise convolution",
                Shape.of(5, 6, 5),
                new DepthwiseConv2D(3).stride(2).padding(Padding.SAME)));
        cases.add(layers("transposed convolution", Shape.of(3, 4, 5), new Conv2DTranspose(2, 3, 2)));
        cases.add(layers(
                "transposed convolution, same",
                Shape.of(3, 4, 5),
                new Conv2DTranspose(4, 3, 2).padding(Padding.SAME).activation(Activation.TANH)));
        cases.add(layers("zero padding", Shape.of(3, 4, 5), new ZeroPadding2D(1, 0, 2, 3)));
        cases.add(layers("channel padding", Shape.of(3, 4, 5), new PadChannels(2, 1)));
        cases.add(layers("up-sampling", Shape.of(3, 4, 5), new UpSampling2D(2)));
        cases.add(layers("leaky ReLU", Shape.of(3, 4, 5), new LeakyReLU(0.1)));
        cases.add(layers("other order of axes", Shape.of(3, 4, 5), new Permute(2, 3, 1)));
        cases.add(layers("squeeze and excite", Shape.of(8, 3, 3), new SqueezeAndExcite(4)));
        cases.add(layers("dense of tokens", Shape.of(4, 6), new Dense(5, Activation.TANH)));
        cases.add(layers("multi-head attention", Shape.of(5, 8), new MultiHeadAttention(2)));
        cases.add(layers("patch embedding", Shape.of(3, 6, 8), new PatchEmbedding(2, 5)));
        cases.add(layers("a token", Shape.of(4, 6), new SelectToken(2)));
        // Small weights, as the reference's error function is exact for small arguments alone.
        cases.add(new OpCase(
                "a vision transformer",
                g -> Networks.visionTransformer(Shape.of(1, 4, 4), 3, 2, 8, 2, 2)
                        .build(g, List.of(g.parameter("x", Shape.of(2, 1, 4, 4))), true, p -> false)
                        .getFirst(),
                -0.3,
                0.3));
    }

    private static void networks(List<OpCase> cases) {
        cases.add(OpCase.of("convolution, tanh, pooling, inner product", g -> {
            Value x = g.input("x", Shape.of(3, 3, 9, 9));
            Value y = g.convolution(x, parameter(g, "w1", 10, 3, 3, 3), parameter(g, "b1", 10), Window.square(3), 1);
            y = g.pooling(
                    Pooling.Kind.AVERAGE,
                    g.eltwise(Eltwise.Kind.TANH, y),
                    Window.square(2).stride(2));
            return g.innerProduct(g.flatten(y), parameter(g, "w2", 5, 90), parameter(g, "b2", 5));
        }));
        cases.add(OpCase.of("two convolutions with a branch", g -> {
            Value x = g.input("x", Shape.of(2, 8, 6, 6));
            Window same = Padding.SAME.resolve(Window.square(3), 6, 6);
            Value y = g.eltwise(
                    Eltwise.Kind.SWISH, g.convolution(x, parameter(g, "w1", 16, 8, 3, 3), null, same, 1), 1, 0);
            Value z = g.convolution(y, parameter(g, "w2", 16, 16, 3, 3), parameter(g, "b2", 16), same, 1);
            return g.globalAveragePooling(g.multiply(g.add(z, y), parameter(g, "scale", 1, 16, 1, 1)));
        }));
    }
}
