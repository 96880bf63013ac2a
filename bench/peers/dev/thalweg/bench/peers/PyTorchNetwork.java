package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A network in PyTorch's functions: pictures and kernels lie as {@code channels_last}, which PyTorch recommends for
 * convolutions on CPUs.
 */
final class PyTorchNetwork {
    private static final TensorOptional NONE = new TensorOptional();
    private static final long[] ONE = {1, 1};

    private final List<Tensor> parameters = new ArrayList<>();
    private final boolean training;
    private final UnaryOperator<Tensor> forward;
    private int channels = 3;
    private int side;
    private int tokens;

    PyTorchNetwork(BenchNetwork network, boolean training) {
        this.training = training;
        side = network.pixels();
        forward = build(network.parts());
    }

    /** Logits of pictures. */
    Tensor forward(Tensor pictures) {
        return forward.apply(pictures);
    }

    List<Tensor> parameters() {
        return parameters;
    }

    static Tensor channelsLast(Tensor x) {
        return x.contiguous(torch.MemoryFormat.ChannelsLast);
    }

    private Tensor parameter(Tensor initial) {
        Tensor leaf = initial.detach().set_requires_grad(true);
        parameters.add(leaf);
        return leaf;
    }

    private Tensor normal(double deviation, long... dims) {
        Tensor values = torch.randn(dims).mul_(new Scalar(deviation));
        return parameter(dims.length == 4 ? channelsLast(values) : values);
    }

    private TensorOptional filled(double value, long count) {
        return new TensorOptional(parameter(torch.full(new long[] {count}, new Scalar(value))));
    }

    private UnaryOperator<Tensor> build(List<Part> parts) {
        List<UnaryOperator<Tensor>> steps = parts.stream().map(this::build).toList();
        return x -> {
            Tensor y = x;
            for (UnaryOperator<Tensor> step : steps) {
                y = step.apply(y);
            }
            return y;
        };
    }

    private UnaryOperator<Tensor> build(Part part) {
        return switch (part) {
            case Part.Convolution p -> {
                Tensor kernel = normal(
                        Math.sqrt(2.0 / (channels * p.kernel() * p.kernel())),
                        p.filters(),
                        channels,
                        p.kernel(),
                        p.kernel());
                channels = p.filters();
                TensorOptional bias = p.bias() ? filled(0, channels) : NONE;
                yield convolution(kernel, bias, p.kernel(), p.stride(), p.padding(), 1);
            }
            case Part.DepthwiseConvolution p -> {
                Tensor kernel = normal(Math.sqrt(2.0 / (p.kernel() * p.kernel())), channels, 1, p.kernel(), p.kernel());
                yield convolution(kernel, NONE, p.kernel(), p.stride(), p.padding(), channels);
            }
            case Part.Normalization p -> normalization();
            case Part.Relu p -> torch::relu;
            case Part.Relu6 p -> torch::relu6;
            case Part.Gelu p -> torch::gelu;
            case Part.MaxPooling p -> {
                narrow(p.kernel(), p.stride(), p.padding());
                yield x -> torch.max_pool2d(x, both(p.kernel()), both(p.stride()), both(p.padding()), ONE, false);
            }
            case Part.GlobalAverage p -> {
                side = 1;
                yield x -> torch.adaptive_avg_pool2d(x, 1, 1);
            }
            case Part.Flatten p -> {
                channels *= side * side;
                yield x -> x.flatten(1, -1);
            }
            case Part.Dense p -> dense(p.units());
            case Part.Residual p -> {
                int before = channels;
                int sideBefore = side;
                UnaryOperator<Tensor> body = build(p.body());
                channels = before;
                side = sideBefore;
                UnaryOperator<Tensor> shortcut = build(p.shortcut());
                yield x -> body.apply(x).add(shortcut.apply(x));
            }
            case Part.Patches p -> patches(p);
            case Part.LayerNormalization p -> {
                TensorOptional scale = filled(1, channels);
                TensorOptional shift = filled(0, channels);
                long[] units = {channels};
                yield x -> torch.layer_norm(x, units, scale, shift, 1e-6, true);
            }
            case Part.Attention p -> attention(p);
            case Part.FirstToken p -> x -> x.select(1, 0);
        };
    }

    private UnaryOperator<Tensor> convolution(
            Tensor kernel, TensorOptional bias, int size, int stride, int padding, int groups) {
        narrow(size, stride, padding);
        return x -> torch.conv2d(x, kernel, bias, both(stride), both(padding), ONE, groups);
    }

    private static long[] both(int extent) {
        return new long[] {extent, extent};
    }

    private void narrow(int kernel, int stride, int padding) {
        side = (side + 2 * padding - kernel) / stride + 1;
    }

    private UnaryOperator<Tensor> normalization() {
        TensorOptional scale = filled(1, channels);
        TensorOptional shift = filled(0, channels);
        TensorOptional mean = new TensorOptional(torch.zeros(channels));
        TensorOptional variance = new TensorOptional(torch.ones(channels));
        return x -> torch.batch_norm(x, scale, shift, mean, variance, training, 0.1, 1e-5, false);
    }

    private UnaryOperator<Tensor> dense(int units) {
        Tensor kernel = normal(Math.sqrt(1.0 / channels), units, channels);
        TensorOptional bias = filled(0, units);
        channels = units;
        return x -> torch.linear(x, kernel, bias);
    }

    private UnaryOperator<Tensor> patches(Part.Patches p) {
        UnaryOperator<Tensor> convolution = build(new Part.Convolution(p.units(), p.side(), p.side(), 0, true));
        tokens = 1 + side * side;
        Tensor first = normal(0.02, 1, 1, channels);
        Tensor position = normal(0.02, 1, tokens, channels);
        return x -> {
            Tensor grid = convolution.apply(x).flatten(2, -1).transpose(1, 2);
            // What is added to bf16 in f32 would be f32, and so would all tokens be from here on.
            Tensor head = first.to(grid.scalar_type()).expand(x.size(0), -1, -1);
            return torch.cat(new TensorVector(head, grid), 1).add(position.to(grid.scalar_type()));
        };
    }

    private UnaryOperator<Tensor> attention(Part.Attention p) {
        int units = channels;
        int count = tokens;
        UnaryOperator<Tensor> inside = dense(3 * units);
        channels = units;
        UnaryOperator<Tensor> outside = dense(units);
        Scalar scale = new Scalar(1 / Math.sqrt((double) units / p.heads()));
        return x -> {
            TensorVector parts = inside.apply(x)
                    .reshape(x.size(0), count, 3, p.heads(), units / p.heads())
                    .permute(2, 0, 3, 1, 4)
                    .unbind(0);
            // PyTorch's fused attention is as fast in f32, and half as fast in bf16: it multiplies block by block.
            Tensor scores = torch.matmul(parts.get(0).mul(scale), parts.get(1).transpose(-2, -1));
            Tensor mixed = torch.matmul(torch.softmax(scores, -1), parts.get(2));
            return outside.apply(mixed.transpose(1, 2).reshape(x.size(0), count, units));
        };
    }
}
