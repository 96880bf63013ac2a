package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Convolution in integers: each member of the team takes some filters of some pictures; a filter's output row is summed
 * up over the pixels of the window. A summand is read just before the result of the same place is written, so it may
 * lie there.
 */
final class QuantizedConvolutionKernel implements Kernel, ThreadTeam.Task {
    private final QuantizedConvolution op;
    private final Window window;
    private final MemorySegment source;
    private final MemorySegment weights;
    private final Floats scales;
    private final Operands at;
    private final EltwiseFunctions.Function activation;
    private final int batch;
    private final int channels;
    private final int filters;
    private final int height;
    private final int width;
    private final int paddedWidth;
    private final int paddedHeight;
    private final int outputHeight;
    private final int outputWidth;
    private final int[][] padded;
    private final int[][] sums;
    private final float[][] rows;

    private QuantizedConvolutionKernel(QuantizedConvolution op, Operands at) {
        this.op = op;
        this.at = at;
        this.window = op.window();
        this.source = at.segment(0);
        this.weights = at.segment(1);
        this.scales = at.in(2);
        this.activation =
                op.postOps().activation().map(EltwiseFunctions::forward).orElse((x, g, n) -> {});
        Shape extents = at.shape(0);
        this.batch = extents.dim(0);
        this.channels = extents.dim(1) / op.groups();
        this.filters = at.shape(1).dim(0) / op.groups();
        this.height = extents.dim(2);
        this.width = extents.dim(3);
        this.paddedHeight = height + window.padTop() + window.padBottom();
        this.paddedWidth = width + window.padLeft() + window.padRight();
        this.outputHeight = at.result().dim(2);
        this.outputWidth = at.result().dim(3);
        this.padded = new int[at.threads()][Math.multiplyExact(channels * paddedHeight, paddedWidth)];
        this.sums = new int[at.threads()][outputWidth];
        this.rows = new float[at.threads()][outputWidth];
    }

    static QuantizedConvolutionKernel of(QuantizedConvolution op, Operands at) {
        return new QuantizedConvolutionKernel(op, at);
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        int units = batch * op.groups() * filters;
        int loaded = -1;
        for (int unit = ThreadTeam.share(units, member, members);
                unit < ThreadTeam.share(units, member + 1, members);
                unit++) {
            int picture = unit / filters;
            if (picture != loaded) {
                load(picture, padded[member]);
                loaded = picture;
            }
            filter(unit, member);
        }
    }

    /** One group of a picture, 0 at its zero point, with padding around it. */
    private void load(int picture, int[] to) {
        Arrays.fill(to, 0);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < height; y++) {
                long from = (((long) picture * channels + channel) * height + y) * width;
                int place = (channel * paddedHeight + y + window.padTop()) * paddedWidth + window.padLeft();
                for (int x = 0; x < width; x++) {
                    to[place + x] = integer(source, op.source().type(), from + x)
                            - op.source().zeroPoint();
                }
            }
        }
    }

    private static int integer(MemorySegment values, DataType type, long index) {
        byte value = values.get(ValueLayout.JAVA_BYTE, index);
        return type == DataType.UINT8 ? Byte.toUnsignedInt(value) : value;
    }

    private void filter(int unit, int member) {
        int filter = unit % (op.groups() * filters);
        for (int y = 0; y < outputHeight; y++) {
            sum(filter, y, padded[member], sums[member]);
            store(filter, ((long) unit * outputHeight + y) * outputWidth, sums[member], rows[member]);
        }
    }

    private void sum(int filter, int y, int[] picture, int[] sum) {
        Arrays.fill(sum, 0);
        long weight = (long) filter * channels * window.kernelHeight() * window.kernelWidth();
        for (int channel = 0; channel < channels; channel++) {
            for (int row = 0; row < window.kernelHeight(); row++) {
                int line = (channel * paddedHeight + y * window.strideHeight() + row * window.dilationHeight())
                        * paddedWidth;
                for (int column = 0; column < window.kernelWidth(); column++) {
                    add(
                            weights.get(ValueLayout.JAVA_BYTE, weight++),
                            picture,
                            line + column * window.dilationWidth(),
                            window.strideWidth(),
                            sum);
                }
            }
        }
    }

    private static void add(int weight, int[] picture, int from, int stride, int[] sum) {
        if (stride == 1) {
            for (int x = 0; x < sum.length; x++) {
                sum[x] += weight * picture[from + x];
            }
        } else {
            for (int x = 0; x < sum.length; x++) {
                sum[x] += weight * picture[from + x * stride];
            }
        }
    }

    private void store(int filter, long place, int[] sum, float[] row) {
        float scale = op.source().scale() * scales.get(filter);
        float bias = op.hasBias(at.count()) ? at.in(3).get(filter) : 0;
        for (int x = 0; x < row.length; x++) {
            row[x] = sum[x] * scale + bias;
        }
        if (op.postOps().sum()) {
            addSummand(place, row);
        }
        activation.apply(row, row, row.length);
        if (op.result().isPresent()) {
            quantize(row, op.result().get(), at.values().segment(at.node().output()), place);
        } else {
            at.out(0).store(row, place, row.length);
        }
    }

    private void addSummand(long place, float[] row) {
        int last = at.count() - 1;
        for (int x = 0; x < row.length; x++) {
            row[x] += op.summand().isPresent()
                    ? real(op.summand().get(), at.segment(last), place + x)
                    : at.in(last).get(place + x);
        }
    }

    private static float real(Quantization quantization, MemorySegment values, long index) {
        return (integer(values, quantization.type(), index) - quantization.zeroPoint()) * quantization.scale();
    }

    private static void quantize(float[] row, Quantization quantization, MemorySegment to, long place) {
        for (int x = 0; x < row.length; x++) {
            double rounded = Math.rint(row[x] / quantization.scale() + quantization.zeroPoint());
            int held = (int) Math.clamp(rounded, quantization.least(), quantization.greatest());
            to.set(ValueLayout.JAVA_BYTE, place + x, (byte) held);
        }
    }
}
