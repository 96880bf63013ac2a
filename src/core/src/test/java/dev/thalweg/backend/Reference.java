package dev.thalweg.backend;

import dev.thalweg.graph.AllReduce;
import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Broadcast;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Concat;
import dev.thalweg.graph.Constant;
import dev.thalweg.graph.ConstantTensor;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.LayerNormalization;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.QuantizedInnerProduct;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Reshape;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.SoftmaxCrossEntropy;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The forward operations straight from their definitions, in double, one index at a time. It shares nothing with the
 * backends, so it is the truth that their results, and by finite differences their gradients, are held against.
 */
final class Reference {
    private final Map<Value, double[]> values;

    private Reference(Map<Value, double[]> given) {
        values = new HashMap<>(given);
    }

    static Map<Value, double[]> evaluate(Graph graph, Map<Value, double[]> given) {
        Reference reference = new Reference(given);
        graph.nodes().forEach(reference::compute);
        return reference.values;
    }

    private void compute(Node node) {
        double[] x = node.inputs().isEmpty() ? null : values.get(node.input(0));
        Shape in = node.inputs().isEmpty() ? null : node.input(0).shape();
        double[] y = switch (node.op()) {
            // Of twins.
            case AllReduce _ -> Arrays.stream(x).map(v -> 2 * v).toArray();
            case Convolution op -> convolution(node, op);
            case QuantizedConvolution op -> quantizedConvolution(node, op);
            case QuantizedInnerProduct op -> quantizedInnerProduct(node, op);
            case Cast op -> cast(x, op.type());
            case Pooling op -> pooling(x, in, node.output().shape(), op);
            case InnerProduct op -> innerProduct(node);
            case Softmax op -> softmax(x, in, op.axis(), op.log());
            case SoftmaxCrossEntropy op -> crossEntropy(node);
            case Eltwise op -> Arrays.stream(x).map(v -> eltwise(op, v)).toArray();
            case Binary op -> binary(node, op);
            case Broadcast op -> spread(x, in, op.shape());
            case Reduction op -> reduction(x, in, node.output().shape(), op);
            case Reshape op -> x;
            case Constant op -> filled(op);
            case ConstantTensor op -> {
                double[] numbers = new double[op.numbers().remaining()];
                Arrays.setAll(numbers, i -> op.numbers().get(i));
                yield numbers;
            }
            case ConvolutionBackwardData op -> transposedConvolution(node, op);
            case BatchNormalization op -> normalization(node, op.epsilon(), op.relu(), channelMeans(x, in, null), null);
            case BatchNormalizationInference op ->
                normalization(node, op.epsilon(), op.relu(), values.get(node.input(3)), values.get(node.input(4)));
            case LayerNormalization op -> layer(node, op.epsilon());
            case Recurrence op -> recurrence(node, op.kind() == Recurrence.Kind.LSTM);
            case Concat op -> concat(node, op.axis());
            case Slice op -> slice(x, in, node.output().shape(), op);
            case Transpose op -> transpose(x, in, node.output().shape(), op);
            case MatMul op -> matmul(node, op);
            default -> throw new AssertionError("no reference for " + node.op());
        };
        values.put(node.output(), finished(node, y));
    }

    /** What the fused operations add to their definition. */
    private double[] finished(Node node, double[] y) {
        PostOps postOps = switch (node.op()) {
            case Convolution op -> op.postOps();
            case InnerProduct op -> new PostOps(false, op.activation());
            case Binary op -> new PostOps(false, op.activation());
            default -> PostOps.NONE;
        };
        double[] summand = postOps.sum() ? values.get(node.inputs().getLast()) : new double[y.length];
        double[] result = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            double sum = y[i] + summand[i];
            result[i] =
                    postOps.activation().map(function -> eltwise(function, sum)).orElse(sum);
        }
        return result;
    }

    private static double[] filled(Constant op) {
        double[] y = new double[(int) op.shape().elements()];
        Arrays.fill(y, op.value());
        return y;
    }

    private static int at(Shape s, int n, int c, int h, int w) {
        return ((n * s.dim(1) + c) * s.dim(2) + h) * s.dim(3) + w;
    }

    private double[] convolution(Node node, Convolution op) {
        return convolution(
                node,
                op,
                values.get(node.input(0)),
                values.get(node.input(1)),
                op.hasBias(node.inputs().size()) ? values.get(node.input(2)) : null);
    }

    private static double[] convolution(Node node, Convolution op, double[] x, double[] k, double[] bias) {
        Shape in = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Shape out = node.output().shape();
        Window w = op.window();
        double[] y = new double[(int) out.elements()];
        int perGroup = weights.dim(0) / op.groups();
        for (int n = 0; n < out.dim(0); n++) {
            for (int o = 0; o < out.dim(1); o++) {
                for (int oy = 0; oy < out.dim(2); oy++) {
                    for (int ox = 0; ox < out.dim(3); ox++) {
                        double sum = bias == null ? 0 : bias[o];
                        for (int c = 0; c < weights.dim(1); c++) {
                            for (int ky = 0; ky < w.kernelHeight(); ky++) {
                                for (int kx = 0; kx < w.kernelWidth(); kx++) {
                                    int iy = oy * w.strideHeight() - w.padTop() + ky * w.dilationHeight();
                                    int ix = ox * w.strideWidth() - w.padLeft() + kx * w.dilationWidth();
                                    if (iy >= 0 && iy < in.dim(2) && ix >= 0 && ix < in.dim(3)) {
                                        sum += x[at(in, n, o / perGroup * weights.dim(1) + c, iy, ix)]
                                                * k[at(weights, o, c, ky, kx)];
                                    }
                                }
                            }
                        }
                        y[at(out, n, o, oy, ox)] = sum;
                    }
                }
            }
        }
        return y;
    }

    /** The convolution of the real numbers that the integers stand for. */
    private double[] quantizedConvolution(Node node, QuantizedConvolution op) {
        double[] y = convolution(
                node,
                new Convolution(op.window(), op.groups()),
                real(values.get(node.input(0)), op.source()),
                realWeights(node),
                op.hasBias(node.inputs().size()) ? values.get(node.input(3)) : null);
        double[] last = values.get(node.inputs().getLast());
        double[] summand =
                op.postOps().sum() ? op.summand().map(q -> real(last, q)).orElse(last) : new double[y.length];
        for (int i = 0; i < y.length; i++) {
            double sum = y[i] + summand[i];
            y[i] = op.postOps().activation().map(f -> eltwise(f, sum)).orElse(sum);
        }
        return quantized(y, op.result());
    }

    private double[] quantizedInnerProduct(Node node, QuantizedInnerProduct op) {
        double[] y = innerProduct(
                node,
                real(values.get(node.input(0)), op.source()),
                realWeights(node),
                node.inputs().size() > 3 ? values.get(node.input(3)) : null);
        op.activation().ifPresent(f -> Arrays.setAll(y, i -> eltwise(f, y[i])));
        return quantized(y, op.result());
    }

    /** The weights that a quantized operation's second input stands for, by the scales that are its third. */
    private double[] realWeights(Node node) {
        double[] scales = values.get(node.input(2));
        double[] weights = values.get(node.input(1)).clone();
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= scales[i / (weights.length / scales.length)];
        }
        return weights;
    }

    private static double[] quantized(double[] y, Optional<Quantization> quantization) {
        return quantization
                .map(q -> cast(
                        Arrays.stream(y).map(v -> v / q.scale() + q.zeroPoint()).toArray(), q.type()))
                .orElse(y);
    }

    private static double[] real(double[] integers, Quantization quantization) {
        return Arrays.stream(integers)
                .map(q -> (q - quantization.zeroPoint()) * quantization.scale())
                .toArray();
    }

    private static double[] cast(double[] x, DataType type) {
        return switch (type) {
            case FLOAT32 -> x;
            case UINT8 ->
                Arrays.stream(x).map(v -> Math.clamp(Math.rint(v), 0, 255)).toArray();
            case INT8 ->
                Arrays.stream(x).map(v -> Math.clamp(Math.rint(v), -128, 127)).toArray();
            case BFLOAT16, FLOAT16, INT32 -> throw new AssertionError("no reference for a cast to " + type);
        };
    }

    private static double[] pooling(double[] x, Shape in, Shape out, Pooling op) {
        Window w = op.window();
        double[] y = new double[(int) out.elements()];
        for (int n = 0; n < out.dim(0); n++) {
            for (int c = 0; c < out.dim(1); c++) {
                for (int oy = 0; oy < out.dim(2); oy++) {
                    for (int ox = 0; ox < out.dim(3); ox++) {
                        double most = Double.NEGATIVE_INFINITY;
                        double sum = 0;
                        int count = 0;
                        for (int ky = 0; ky < w.kernelHeight(); ky++) {
                            for (int kx = 0; kx < w.kernelWidth(); kx++) {
                                int iy = oy * w.strideHeight() - w.padTop() + ky * w.dilationHeight();
                                int ix = ox * w.strideWidth() - w.padLeft() + kx * w.dilationWidth();
                                if (iy >= 0 && iy < in.dim(2) && ix >= 0 && ix < in.dim(3)) {
                                    double v = x[at(in, n, c, iy, ix)];
                                    most = Math.max(most, v);
                                    sum += v;
                                    count++;
                                }
                            }
                        }
                        y[at(out, n, c, oy, ox)] = switch (op.kind()) {
                            case MAX -> most;
                            case AVERAGE -> sum / count;
                            case AVERAGE_INCLUDING_PADDING -> sum / (w.kernelHeight() * w.kernelWidth());
                        };
                    }
                }
            }
        }
        return y;
    }

    /** Every output pixel of the convolution that this goes back through adds to the pixels under its window. */
    private double[] transposedConvolution(Node node, ConvolutionBackwardData op) {
        Shape in = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Shape out = op.source();
        double[] x = values.get(node.input(0));
        double[] k = values.get(node.input(1));
        Window w = op.window();
        double[] y = new double[(int) out.elements()];
        for (int n = 0; n < in.dim(0); n++) {
            for (int o = 0; o < in.dim(1); o++) {
                for (int iy = 0; iy < in.dim(2); iy++) {
                    for (int ix = 0; ix < in.dim(3); ix++) {
                        for (int c = 0; c < weights.dim(1); c++) {
                            for (int ky = 0; ky < w.kernelHeight(); ky++) {
                                for (int kx = 0; kx < w.kernelWidth(); kx++) {
                                    int oy = iy * w.strideHeight() - w.padTop() + ky * w.dilationHeight();
                                    int ox = ix * w.strideWidth() - w.padLeft() + kx * w.dilationWidth();
                                    if (oy >= 0 && oy < out.dim(2) && ox >= 0 && ox < out.dim(3)) {
                                        y[at(out, n, c, oy, ox)] +=
                                                x[at(in, n, o, iy, ix)] * k[at(weights, o, c, ky, kx)];
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return y;
    }

    /** The mean of each channel, or of the squared distances from given means. */
    private static double[] channelMeans(double[] x, Shape shape, double[] from) {
        int plane = (int) shape.elements() / shape.dim(0) / shape.dim(1);
        double[] means = new double[shape.dim(1)];
        for (int i = 0; i < x.length; i++) {
            int channel = i / plane % shape.dim(1);
            means[channel] += (from == null ? x[i] : Math.pow(x[i] - from[channel], 2)) * shape.dim(1) / x.length;
        }
        return means;
    }

    private double[] normalization(Node node, double epsilon, boolean relu, double[] mean, double[] given) {
        Shape shape = node.input(0).shape();
        double[] x = values.get(node.input(0));
        double[] variance = given == null ? channelMeans(x, shape, mean) : given;
        int plane = (int) shape.elements() / shape.dim(0) / shape.dim(1);
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int channel = i / plane % shape.dim(1);
            double value =
                    values.get(node.input(1))[channel] * (x[i] - mean[channel]) / Math.sqrt(variance[channel] + epsilon)
                            + values.get(node.input(2))[channel];
            y[i] = relu ? Math.max(0, value) : value;
        }
        return y;
    }

    private double[] layer(Node node, double epsilon) {
        double[] x = values.get(node.input(0));
        int length = node.input(0).shape().dim(node.input(0).shape().rank() - 1);
        double[] y = new double[x.length];
        for (int row = 0; row < x.length; row += length) {
            double mean = Arrays.stream(x, row, row + length).average().orElseThrow();
            double variance = Arrays.stream(x, row, row + length)
                    .map(number -> (number - mean) * (number - mean))
                    .average()
                    .orElseThrow();
            for (int i = 0; i < length; i++) {
                double normalized = (x[row + i] - mean) / Math.sqrt(variance + epsilon);
                y[row + i] = node.inputs().size() > 1
                        ? values.get(node.input(1))[i] * normalized + values.get(node.input(2))[i]
                        : normalized;
            }
        }
        return y;
    }

    /** The formulas of the cells, a number at a time. */
    private double[] recurrence(Node node, boolean lstm) {
        Shape in = node.input(0).shape();
        int hidden = node.input(2).shape().dim(0);
        int columns = node.input(1).shape().dim(1);
        double[] x = values.get(node.input(0));
        double[] w = values.get(node.input(1));
        double[] u = values.get(node.input(2));
        double[] b = values.get(node.input(3));
        double[] y = new double[in.dim(0) * in.dim(1) * hidden];
        double[] c = new double[in.dim(1) * hidden];
        for (int t = 0; t < in.dim(0); t++) {
            for (int n = 0; n < in.dim(1); n++) {
                double[] fromInput = new double[columns];
                double[] fromState = new double[columns];
                for (int k = 0; k < columns; k++) {
                    for (int i = 0; i < in.dim(2); i++) {
                        fromInput[k] += x[(t * in.dim(1) + n) * in.dim(2) + i] * w[i * columns + k];
                    }
                    for (int i = 0; t > 0 && i < hidden; i++) {
                        fromState[k] += y[((t - 1) * in.dim(1) + n) * hidden + i] * u[i * columns + k];
                    }
                }
                for (int j = 0; j < hidden; j++) {
                    double before = t > 0 ? y[((t - 1) * in.dim(1) + n) * hidden + j] : 0;
                    double first = logistic(fromInput[j] + fromState[j] + b[j]);
                    double second = logistic(fromInput[hidden + j] + fromState[hidden + j] + b[hidden + j]);
                    int third = 2 * hidden + j;
                    int fourth = 3 * hidden + j;
                    int place = (t * in.dim(1) + n) * hidden + j;
                    if (lstm) {
                        int cell = n * hidden + j;
                        c[cell] = second * c[cell] + first * Math.tanh(fromInput[third] + fromState[third] + b[third]);
                        y[place] = logistic(fromInput[fourth] + fromState[fourth] + b[fourth]) * Math.tanh(c[cell]);
                    } else {
                        double candidate =
                                Math.tanh(fromInput[third] + b[third] + second * (fromState[third] + b[fourth]));
                        y[place] = first * before + (1 - first) * candidate;
                    }
                }
            }
        }
        return y;
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private double[] concat(Node node, int axis) {
        Shape out = node.output().shape();
        double[] y = new double[(int) out.elements()];
        int[] strides = strides(out);
        for (int i = 0; i < y.length; i++) {
            int place = i / strides[axis] % out.dim(axis);
            int part = 0;
            while (place >= node.input(part).shape().dim(axis)) {
                place -= node.input(part++).shape().dim(axis);
            }
            y[i] = values.get(node.input(part))[moved(i, out, node.input(part).shape(), axis, place)];
        }
        return y;
    }

    /** The index in a shape that equals another but for an axis, on which the place is given. */
    private static int moved(int index, Shape from, Shape to, int axis, int place) {
        int[] a = strides(from);
        int[] b = strides(to);
        int result = 0;
        for (int i = 0; i < from.rank(); i++) {
            result += (i == axis ? place : index / a[i] % from.dim(i)) * b[i];
        }
        return result;
    }

    private static double[] slice(double[] x, Shape in, Shape out, Slice op) {
        double[] y = new double[(int) out.elements()];
        for (int i = 0; i < y.length; i++) {
            y[i] = x[moved(i, out, in, op.axis(), op.from() + i / strides(out)[op.axis()] % out.dim(op.axis()))];
        }
        return y;
    }

    private static double[] transpose(double[] x, Shape in, Shape out, Transpose op) {
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            int from = 0;
            for (int axis = 0; axis < out.rank(); axis++) {
                from += i
                        / strides(out)[axis]
                        % out.dim(axis)
                        * strides(in)[op.order().get(axis)];
            }
            y[i] = x[from];
        }
        return y;
    }

    private double[] matmul(Node node, MatMul op) {
        Shape out = node.output().shape();
        int rows = out.dim(out.rank() - 2);
        int columns = out.dim(out.rank() - 1);
        double[] a = values.get(node.input(0));
        double[] b = values.get(node.input(1));
        int inner = a.length / ((int) out.elements() / columns);
        double[] y = new double[(int) out.elements()];
        for (int i = 0; i < y.length; i++) {
            int product = i / columns / rows;
            int row = i / columns % rows;
            int column = i % columns;
            for (int k = 0; k < inner; k++) {
                y[i] += a[product * rows * inner + (op.transposeFirst() ? k * rows + row : row * inner + k)]
                        * b[
                                product * inner * columns
                                        + (op.transposeSecond() ? column * inner + k : k * columns + column)];
            }
        }
        return y;
    }

    private double[] innerProduct(Node node) {
        return innerProduct(
                node,
                values.get(node.input(0)),
                values.get(node.input(1)),
                node.inputs().size() > 2 ? values.get(node.input(2)) : null);
    }

    private static double[] innerProduct(Node node, double[] x, double[] w, double[] bias) {
        int batch = node.input(0).shape().dim(0);
        int inputs = node.input(0).shape().dim(1);
        int outputs = node.input(1).shape().dim(0);
        double[] y = new double[batch * outputs];
        for (int n = 0; n < batch; n++) {
            for (int o = 0; o < outputs; o++) {
                double sum = bias == null ? 0 : bias[o];
                for (int i = 0; i < inputs; i++) {
                    sum += x[n * inputs + i] * w[o * inputs + i];
                }
                y[n * outputs + o] = sum;
            }
        }
        return y;
    }

    private static double[] softmax(double[] x, Shape shape, int axis, boolean log) {
        double[] y = new double[x.length];
        int[] strides = strides(shape);
        for (int i = 0; i < x.length; i++) {
            int place = i / strides[axis] % shape.dim(axis);
            double sum = 0;
            for (int j = 0; j < shape.dim(axis); j++) {
                sum += Math.exp(x[i + (j - place) * strides[axis]]);
            }
            y[i] = log ? x[i] - Math.log(sum) : Math.exp(x[i]) / sum;
        }
        return y;
    }

    private double[] crossEntropy(Node node) {
        Shape shape = node.input(0).shape();
        double[] logProbabilities = softmax(values.get(node.input(0)), shape, 1, true);
        double[] targets = values.get(node.input(1));
        double[] y = new double[shape.dim(0)];
        for (int i = 0; i < targets.length; i++) {
            y[i / shape.dim(1)] -= targets[i] * logProbabilities[i];
        }
        return y;
    }

    private double[] binary(Node node, Binary op) {
        double[] a = values.get(node.input(0));
        double[] b = spread(
                values.get(node.input(1)), node.input(1).shape(), node.input(0).shape());
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = switch (op.kind()) {
                case ADD -> a[i] + b[i];
                case SUB -> a[i] - b[i];
                case MUL -> a[i] * b[i];
                case DIV -> a[i] / b[i];
                case MAX -> Math.max(a[i], b[i]);
                case MIN -> Math.min(a[i], b[i]);
                case EQUAL -> a[i] == b[i] ? 1 : 0;
                case GREATER -> a[i] > b[i] ? 1 : 0;
                case GREATER_OR_EQUAL -> a[i] >= b[i] ? 1 : 0;
            };
        }
        return y;
    }

    private static int[] strides(Shape shape) {
        int[] strides = new int[shape.rank()];
        int stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape.dim(i);
        }
        return strides;
    }

    /** Where an element of the large shape lies in the small one. */
    private static int under(int index, Shape large, Shape small) {
        int[] to = strides(small);
        int[] from = strides(large);
        int place = 0;
        for (int axis = 0; axis < large.rank(); axis++) {
            place += small.dim(axis) == 1 ? 0 : index / from[axis] % large.dim(axis) * to[axis];
        }
        return place;
    }

    private static double[] spread(double[] x, Shape small, Shape large) {
        double[] y = new double[(int) large.elements()];
        for (int i = 0; i < y.length; i++) {
            y[i] = x[under(i, large, small)];
        }
        return y;
    }

    private static double[] reduction(double[] x, Shape large, Shape small, Reduction op) {
        double[] y = new double[(int) small.elements()];
        Arrays.fill(y, op.kind() == Reduction.Kind.MAX ? Double.NEGATIVE_INFINITY : 0);
        for (int i = 0; i < x.length; i++) {
            int under = under(i, large, small);
            y[under] = op.kind() == Reduction.Kind.MAX ? Math.max(y[under], x[i]) : y[under] + x[i];
        }
        double share = op.kind() == Reduction.Kind.MEAN ? (double) y.length / x.length : 1;
        return Arrays.stream(y).map(v -> v * share).toArray();
    }

    private static double eltwise(Eltwise op, double x) {
        double a = op.alpha();
        double b = op.beta();
        return switch (op.kind()) {
            case RELU -> x > 0 ? x : a * x;
            case ELU -> x > 0 ? x : a * (Math.exp(x) - 1);
            case LOGISTIC -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case GELU_ERF -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * Math.pow(x, 3))));
            case SWISH -> x / (1 + Math.exp(-a * x));
            case HARD_SWISH -> x * Math.min(1, Math.max(0, a * x + b));
            case SOFT_RELU -> Math.log(1 + Math.exp(x));
            case LINEAR -> a * x + b;
            case SQUARE -> x * x;
            case ABS -> Math.abs(x);
            case SQRT -> Math.sqrt(x);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case CLIP -> Math.min(b, Math.max(a, x));
            case POW -> a * Math.pow(x, b);
            case ROUND -> Math.rint(x);
        };
    }

    /**
     * The error function by its Maclaurin series (DLMF 7.6.1), exact to double precision for the small arguments of
     * tests.
     */
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
