package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.Shape;

/**
 * Convolutions by the primitives that oneDNN has for them, of pictures that stand side by side: kernels that multiply
 * along the row of a picture, as AMX's do, 32 numbers deep, find one. Between pictures stand as many columns of zeros
 * as a window reaches beyond one.
 */
final class FoldedConvolution implements ConvolutionWay {
    /**
     * How wide pictures become at most, in pixels: as sixteen of 8 pixels, each with a column of zeros behind it, which
     * is the most that {@link AmxMeasurements} are of.
     */
    private static final int WIDTH = 16 * (8 + 1);

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final DirectConvolution direct;

    FoldedConvolution(LoweringContext context, DirectConvolution direct) {
        this.context = context;
        this.compiler = context.compiler();
        this.direct = direct;
    }

    /** Whether it can compute a convolution of such a window: one that yields a pixel for each of the source. */
    static boolean fits(Window window, Shape source, Shape result) {
        return window.strideHeight() == 1
                && window.strideWidth() == 1
                && source.dim(3) == result.dim(3)
                && count(source, window) > 1;
    }

    /** Whether it can do to a result what is to be done: what is added to it does not stand side by side. */
    static boolean fits(PostOps postOps) {
        return !postOps.sum();
    }

    /** How many pictures stand side by side: the most that make no picture wider than is of use. */
    static int count(Shape pictures, Window window) {
        int most = Math.min(pictures.dim(0), WIDTH / (pictures.dim(3) + gap(window)));
        int count = Math.max(1, most);
        while (pictures.dim(0) % count > 0) {
            count--;
        }
        return count;
    }

    private static int gap(Window window) {
        return Math.max(window.padLeft(), window.padRight());
    }

    private static SideBySide folding(Value value, Window window) {
        return new SideBySide(value.shape(), value.type(), count(value.shape(), window), gap(window));
    }

    private Input joined(Value value, Window window) {
        Location pictures =
                compiler.in(value, context.program().own(ChannelsLast.pictures(value.shape(), value.type())));
        return Input.of(compiler, folding(value, window).joined(context, pictures));
    }

    /** The pictures of wide ones, wherever a primitive left those. */
    private Location parted(SideBySide folding, Location wide) {
        Location pictures = compiler.converted(wide, ChannelsLast.pictures(folding.wide(), folding.type()));
        return folding.parted(context, pictures);
    }

    @Override
    public void forward(Node node, Convolution op) {
        SideBySide result = folding(node.output(), op.window());
        Location wide = direct.forward(node, op, joined(node.input(0), op.window()), result.wide());
        compiler.put(node.output(), parted(result, wide));
    }

    @Override
    public void backwardData(Node node, ConvolutionBackwardData op) {
        SideBySide result = folding(node.output(), op.window());
        Location wide = direct.backwardData(node, op, joined(node.input(0), op.window()), result.wide());
        compiler.put(node.output(), parted(result, wide));
    }

    @Override
    public void backwardWeights(Node node, ConvolutionBackwardWeights op) {
        direct.backwardWeights(node, op, joined(node.input(0), op.window()), joined(node.input(1), op.window()));
    }

    @Override
    public MemoryDesc gradientLayout(Node node, ConvolutionBackwardWeights op) {
        return direct.gradientLayout(
                op,
                node.input(0).type(),
                folding(node.input(0), op.window()).wide(),
                folding(node.input(1), op.window()).wide());
    }
}
