package dev.thalweg.interop.keras;

import dev.thalweg.interop.keras.Source.Constant;
import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Conv2DTranspose;
import dev.thalweg.model.DepthwiseConv2D;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.Padding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Convolutions. Keras' kernels are {@code [height, width, in, out]} whatever the order of the pictures' axes, those of
 * transposed convolutions {@code [height, width, out, in]}, of depthwise ones
 * {@code [height, width, channels, multiplier]}.
 */
final class Convolutions {
    private Convolutions() {}

    static Padding padding(Settings settings) throws BadFileException {
        return switch (settings.text("padding", "valid")) {
            case "same" -> Padding.SAME;
            case "valid" -> Padding.VALID;
            default ->
                throw settings.problem("padding is " + settings.text("padding", "") + ", expected same or valid");
        };
    }

    private static void checkSoftmax(Site site, Activation activation) throws BadFileException {
        if (site.channelsFirst() && (activation == Activation.SOFTMAX || activation == Activation.LOG_SOFTMAX)) {
            throw site.settings().problem("its softmax acts along the rows of channels_first pictures");
        }
    }

    /** The sources of a kernel and, where there is one, a bias. */
    private static Map<String, Source> sources(Weight kernel, boolean useBias, int filters) {
        Map<String, Source> sources = new LinkedHashMap<>();
        sources.put("kernel", Source.of(kernel));
        if (useBias) {
            sources.put("bias", Source.of(new Weight("bias", kernel.index() + 1, filters)));
        }
        return sources;
    }

    static Flowing convolution(Site site) throws BadFileException {
        Settings settings = site.settings();
        Flowing from = site.picture();
        List<Integer> kernel = settings.pair("kernel_size", 1);
        int filters = settings.integer("filters", 0);
        int groups = settings.integer("groups", 1);
        boolean useBias = settings.flag("use_bias", true);
        Activation activation = Activations.of(settings);
        checkSoftmax(site, activation);
        Conv2D layer = new Conv2D(
                filters,
                kernel.getFirst(),
                kernel.getLast(),
                settings.square("strides", 1),
                settings.square("dilation_rate", 1),
                padding(settings),
                groups,
                activation,
                useBias,
                Initializer.GLOROT_UNIFORM);
        Weight weight = new Weight("kernel", 0, kernel.getFirst(), kernel.getLast(), from.dim(0) / groups, filters)
                .axes(3, 2, 0, 1);
        return Activations.after(site, site.then(from, layer, sources(weight, useBias, filters)));
    }

    /** One filter or several for each channel. */
    private static Flowing depthwise(Site site, String suffix, Activation activation, boolean useBias, Weight kernel)
            throws BadFileException {
        Settings settings = site.settings();
        Flowing from = site.picture();
        int height = kernel.dims().get(0);
        int width = kernel.dims().get(1);
        int channels = from.dim(0);
        int filters = Math.multiplyExact(channels, kernel.dims().get(3));
        int stride = settings.square("strides", 1);
        int dilation = settings.square("dilation_rate", 1);
        checkSoftmax(site, activation);
        boolean plain = filters == channels && height == width && dilation == 1 && activation == Activation.LINEAR;
        return site.then(
                suffix,
                from,
                plain
                        ? new DepthwiseConv2D(height, stride, padding(settings), useBias)
                        : new Conv2D(
                                filters,
                                height,
                                width,
                                stride,
                                dilation,
                                padding(settings),
                                channels,
                                activation,
                                useBias,
                                Initializer.GLOROT_UNIFORM),
                sources(kernel.axes(2, 3, 0, 1), useBias, filters));
    }

    private static Weight depthwiseKernel(Site site) throws BadFileException {
        Settings settings = site.settings();
        List<Integer> kernel = settings.pair("kernel_size", 1);
        return new Weight(
                "depthwise_kernel",
                0,
                kernel.getFirst(),
                kernel.getLast(),
                site.picture().dim(0),
                settings.integer("depth_multiplier", 1));
    }

    static Flowing depthwise(Site site) throws BadFileException {
        Flowing result = depthwise(
                site,
                "",
                Activations.of(site.settings()),
                site.settings().flag("use_bias", true),
                depthwiseKernel(site).or("kernel"));
        return Activations.after(site, result);
    }

    static Flowing separable(Site site) throws BadFileException {
        Settings settings = site.settings();
        Activation activation = Activations.of(settings);
        checkSoftmax(site, activation);
        Flowing between = depthwise(site, "_depthwise", Activation.LINEAR, false, depthwiseKernel(site));
        int filters = settings.integer("filters", 0);
        boolean useBias = settings.flag("use_bias", true);
        Weight pointwise = new Weight("pointwise_kernel", 1, 1, 1, between.dim(0), filters).axes(3, 2, 0, 1);
        Flowing result = site.then(
                between, new Conv2D(filters, 1, activation).useBias(useBias), sources(pointwise, useBias, filters));
        return Activations.after(site, result);
    }

    static Flowing transposed(Site site) throws BadFileException {
        Settings settings = site.settings();
        Flowing from = site.picture();
        int filters = settings.integer("filters", 0);
        int kernel = settings.square("kernel_size", 1);
        int stride = settings.square("strides", 1);
        settings.none("output_padding");
        settings.only("groups", 1);
        Padding padding = padding(settings);
        if (settings.square("dilation_rate", 1) != 1 || kernel < stride && padding.equals(Padding.VALID)) {
            throw settings.problem("expected no dilation, and without padding a kernel of at least the strides");
        }
        Activation activation = Activations.of(settings);
        checkSoftmax(site, activation);
        boolean useBias = settings.flag("use_bias", true);
        Weight weight = new Weight("kernel", 0, kernel, kernel, filters, from.dim(0)).axes(3, 2, 0, 1);
        Map<String, Source> sources = sources(weight, useBias, filters);
        sources.putIfAbsent("bias", new Constant(0, filters));
        return Activations.after(
                site, site.then(from, new Conv2DTranspose(filters, kernel, stride, padding, activation), sources));
    }
}
