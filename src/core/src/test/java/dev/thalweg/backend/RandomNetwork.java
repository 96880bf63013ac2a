package dev.thalweg.backend;

import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.model.Padding;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * The operations of a network drawn at random: residuals with and without normalization, values that several read,
 * chains that may run in place, views, concatenations, slices, products. The same seed draws the same, whatever becomes
 * of it.
 */
final class RandomNetwork {
    private static final int[] CHANNELS = {3, 4, 8, 8, 8, 16, 16, 16, 32, 96};
    /** Up to here a tensor grows by concatenation and padding. */
    private static final int MOST_ELEMENTS = 8000;

    private record Choice(int weight, UnaryOperator<Value> step) {}

    private final List<Choice> choices = List.of(
            new Choice(20, this::convolution),
            new Choice(24, this::residual),
            new Choice(14, this::activation),
            new Choice(8, this::normalization),
            new Choice(10, this::combination),
            new Choice(8, this::seenOtherwise),
            new Choice(5, this::concatenation),
            new Choice(4, this::slice),
            new Choice(8, this::pooling),
            new Choice(4, this::gate),
            new Choice(3, this::softmax),
            new Choice(5, this::shifted),
            new Choice(4, this::dropout),
            new Choice(3, this::attention),
            new Choice(3, this::transposedConvolution));

    private final GraphBuilder g;
    private final Random random;
    private final boolean training;
    /** Pictures that a further operation may read. */
    private final List<Value> drawn = new ArrayList<>();

    private int parameters;

    RandomNetwork(GraphBuilder builder, Random random, boolean training) {
        this.g = builder;
        this.random = random;
        this.training = training;
    }

    /** Draws a network from pictures {@code [N, C, H, W]}; what it yields are pictures, or rows {@code [N, O]}. */
    Value draw(Value pictures) {
        drawn.add(pictures);
        drawn.add(convolution(pictures));
        int count = 2 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            drawn.add(step(chance(0.7) ? drawn.getLast() : any(drawn)));
        }
        return head(drawn.getLast());
    }

    /** One of the values on the way. */
    Value intermediate() {
        return any(drawn.subList(1, drawn.size()));
    }

    private Value step(Value x) {
        int at = random.nextInt(choices.stream().mapToInt(Choice::weight).sum());
        for (Choice choice : choices) {
            at -= choice.weight();
            if (at < 0) {
                return choice.step().apply(x);
            }
        }
        throw new IllegalStateException("a number beyond all weights");
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Value parameter(String kind, int... dims) {
        return g.parameter(kind + "_" + parameters++, Shape.of(dims));
    }

    private static int channels(Value x) {
        return x.shape().dim(1);
    }

    private static int height(Value x) {
        return x.shape().dim(2);
    }

    private static int width(Value x) {
        return x.shape().dim(3);
    }

    private Value convolution(Value x) {
        int filters = chance(0.5) ? channels(x) : CHANNELS[random.nextInt(CHANNELS.length)];
        return convolution(x, filters, chance(0.15) ? 2 : 1);
    }

    private Value convolution(Value x, int filters, int stride) {
        int kernel = any(List.of(1, 1, 3, 3, 3, 5));
        int most = channels(x);
        int groups = chance(0.25) ? any(List.of(2, most, Math.min(most, filters))) : 1;
        groups = most % groups == 0 && filters % groups == 0 ? groups : 1;
        Window window = Padding.SAME.resolve(
                Window.square(kernel).stride(stride).dilation(chance(0.1) ? 2 : 1), height(x), width(x));
        Value bias = chance(0.5) ? parameter("bias", filters) : null;
        return g.convolution(x, parameter("weights", filters, most / groups, kernel, kernel), bias, window, groups);
    }

    private Value transposedConvolution(Value x) {
        int filters = any(List.of(4, 8, channels(x)));
        Window window = Window.square(3).padding(1, 1, 1, 1);
        Value weights = parameter("weights", channels(x), filters, 3, 3);
        return g.apply(new ConvolutionBackwardData(window, 1, x.shape().with(1, filters)), x, weights);
    }

    /** Adds x, or something of its shape, to what a few layers make of it. */
    private Value residual(Value x) {
        boolean normalized = chance(0.5);
        Value y = x;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            y = convolution(y, channels(x), 1);
            y = normalized ? normalization(y) : y;
            y = i > 1 && chance(0.7) ? activation(y) : y;
        }
        Value shortcut = chance(0.15) ? convolution(x, channels(x), 1) : chance(0.1) ? seenOtherwise(x) : x;
        Value sum = chance(0.5) ? g.add(shortcut, y) : g.add(y, shortcut);
        return chance(0.6) ? activation(sum) : sum;
    }

    private Value activation(Value x) {
        return switch (random.nextInt(14)) {
            case 0 -> g.eltwise(Eltwise.Kind.RELU, x, 0.1f, 0);
            case 1 -> g.eltwise(Eltwise.Kind.ELU, x, 1, 0);
            case 2 -> g.eltwise(Eltwise.Kind.LOGISTIC, x);
            case 3 -> g.eltwise(Eltwise.Kind.TANH, x);
            case 4 -> g.eltwise(Eltwise.Kind.GELU_ERF, x);
            case 5 -> g.eltwise(Eltwise.Kind.GELU_TANH, x);
            case 6 -> g.eltwise(Eltwise.Kind.SWISH, x, 1, 0);
            case 7 -> g.eltwise(Eltwise.Kind.HARD_SWISH, x, 1 / 6f, 0.5f);
            case 8 -> g.eltwise(Eltwise.Kind.CLIP, x, -1, 1);
            case 9 -> g.eltwise(Eltwise.Kind.EXP, g.eltwise(Eltwise.Kind.TANH, x));
            case 10 -> g.eltwise(Eltwise.Kind.SQRT, g.linear(g.eltwise(Eltwise.Kind.SQUARE, x), 1, 0.1f));
            default -> g.eltwise(Eltwise.Kind.RELU, x);
        };
    }

    private Value normalization(Value x) {
        if (x.shape().elements() / channels(x) < 8) {
            return x;
        }
        if (chance(0.1)) {
            return g.normalize(x, 1e-3f);
        }
        int channels = channels(x);
        Value scale = parameter("scale", channels);
        Value shift = parameter("shift", channels);
        Value mean = parameter("mean", channels);
        Value variance = parameter("variance", channels);
        // Frozen layers normalize by what is given in training too.
        if (!training || chance(0.15)) {
            return g.apply(new BatchNormalizationInference(1e-3f, false), x, scale, shift, mean, variance);
        }
        List<Value> results = g.batchNormalization(x, scale, shift, 1e-3f);
        g.track(0.9, mean, results.get(1));
        g.track(0.9, variance, results.get(2));
        return results.getFirst();
    }

    /** With another value of the same shape, or with itself. */
    private Value combination(Value x) {
        Value other =
                any(drawn.stream().filter(v -> v.shape().equals(x.shape())).toList());
        return switch (random.nextInt(4)) {
            case 0 -> g.binary(Binary.Kind.SUB, x, g.linear(other, 0.5f, 0.1f));
            case 1 -> g.multiply(x, g.eltwise(Eltwise.Kind.TANH, other));
            case 2 -> g.add(activation(other), x);
            default -> g.add(x, other);
        };
    }

    /** A view of a view, sometimes of something computed in between, back in x's shape. */
    private Value seenOtherwise(Value x) {
        Shape shape = x.shape();
        UnaryOperator<Value> between = chance(0.5) ? this::activation : UnaryOperator.identity();
        return switch (random.nextInt(3)) {
            case 0 -> g.reshape(between.apply(g.flatten(x)), shape);
            case 1 -> g.transpose(between.apply(g.transpose(x, 0, 2, 3, 1)), 0, 3, 1, 2);
            default -> {
                Value rows = g.reshape(x, Shape.of(shape.dim(0), channels(x), height(x) * width(x)));
                yield g.reshape(g.transpose(between.apply(g.transpose(rows, 0, 2, 1)), 0, 2, 1), shape);
            }
        };
    }

    private Value concatenation(Value x) {
        Value other = any(drawn.stream()
                .filter(v -> v.shape().with(1, 1).equals(x.shape().with(1, 1)))
                .toList());
        if (x.shape().elements() + other.shape().elements() > MOST_ELEMENTS) {
            return x;
        }
        return chance(0.2)
                ? g.pad(x, 3, random.nextInt(2), 1)
                : g.concat(1, List.of(x, chance(0.5) ? activation(other) : other));
    }

    private Value slice(Value x) {
        int axis = chance(0.7) ? 1 : 2;
        int length = x.shape().dim(axis);
        int kept = (length + 1) / 2;
        return g.slice(x, axis, random.nextInt(length - kept + 1), kept);
    }

    private Value pooling(Value x) {
        int kernel = Math.min(Math.min(height(x), width(x)), any(List.of(2, 3)));
        Padding padding = chance(0.4) ? Padding.SAME : Padding.VALID;
        Window window = padding.resolve(Window.square(kernel).stride(chance(0.4) ? 2 : 1), height(x), width(x));
        Value source = chance(0.5) ? g.eltwise(Eltwise.Kind.RELU, x) : x;
        return g.pooling(any(Arrays.asList(Pooling.Kind.values())), source, window);
    }

    /** Multiplies channels by what is made of their means. */
    private Value gate(Value x) {
        Value means = convolution(g.globalAveragePooling(x), channels(x), 1);
        return g.multiply(x, g.eltwise(Eltwise.Kind.LOGISTIC, means));
    }

    private Value softmax(Value x) {
        return chance(0.5) ? g.softmax(x, 1) : g.linear(g.logSoftmax(x, 1), 0.3f, 1);
    }

    /** By a parameter or a constant, for each channel or for each element. */
    private Value shifted(Value x) {
        return switch (random.nextInt(4)) {
            case 0 -> g.add(parameter("bias", 1, channels(x), 1, 1), x);
            case 1 -> g.add(x, g.constant(0.5f, x.shape()));
            case 2 ->
                g.add(
                        convolution(x, channels(x), 1),
                        parameter("bias", x.shape().toArray()));
            default -> g.multiply(x, parameter("scale", channels(x), 1, 1));
        };
    }

    private Value dropout(Value x) {
        return training ? g.multiply(x, g.apply(new DropoutMask(x.shape(), 0.3, drawn.size()))) : x;
    }

    private Value attention(Value x) {
        Value rows = g.reshape(x, Shape.of(x.shape().dim(0), channels(x), height(x) * width(x)));
        Value weights = g.softmax(g.linear(g.matmul(g.transpose(rows, 0, 2, 1), rows), 1f / channels(x), 0), -1);
        return g.reshape(g.matmul(rows, weights), x.shape());
    }

    private Value head(Value x) {
        if (chance(0.25)) {
            return x;
        }
        Value rows = g.flatten(chance(0.4) ? g.globalAveragePooling(x) : x);
        rows = chance(0.3) ? activation(dense(rows, 7)) : rows;
        return dense(rows, chance(0.2) ? 1 : 5);
    }

    private Value dense(Value rows, int units) {
        Value weights = parameter("weights", units, rows.shape().dim(1));
        return g.innerProduct(rows, weights, chance(0.7) ? parameter("bias", units) : null);
    }
}
