package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Conv2DTranspose;
import dev.thalweg.model.DepthwiseConv2D;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Padding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Convolutions. */
final class ConvolutionPatterns {
    private ConvolutionPatterns() {}

    static @Nullable Match convolution(Plan plan, Step last) {
        return last.is("Conv") ? convolution(plan, last, null, Set.of(last)) : null;
    }

    /** A convolution whose bias is added by a node of its own. */
    static @Nullable Match biased(Plan plan, Step last) {
        if (!last.is("Add")) {
            return null;
        }
        for (int operand = 0; operand < 2; operand++) {
            Step conv = plan.from(last.input(operand), "Conv");
            Weight bias = plan.weight(last, 1 - operand);
            Fact.Flow result = plan.examples(last.output());
            if (conv != null
                    && conv.input(2).isEmpty()
                    && bias != null
                    && result != null
                    && result.rank() == 4
                    && isPerChannel(bias, result.dim(1))) {
                return convolution(plan, conv, bias, Set.of(conv, last));
            }
        }
        return null;
    }

    private static boolean isPerChannel(Weight bias, int channels) {
        return bias.elements() == channels && bias.isRow() && bias.rank() >= 3 && bias.dim(bias.rank() - 3) == channels;
    }

    private static @Nullable Match convolution(Plan plan, Step conv, @Nullable Weight added, Set<Step> steps) {
        Weight kernel = plan.weight(conv, 1);
        Weight bias = conv.input(2).isEmpty() ? added : plan.weight(conv, 2);
        Fact.Flow input = plan.examples(conv.input(0));
        if (input == null
                || kernel == null
                || kernel.rank() != 4
                || bias == null && !conv.input(2).isEmpty()) {
            return null;
        }
        LayerWindow window = LayerWindow.of(plan, conv, List.of(kernel.dim(2), kernel.dim(3)), input);
        if (window == null) {
            return null;
        }
        int groups = Math.toIntExact(conv.whole("group", 1));
        int filters = kernel.dim(0);
        boolean isDepthwise = groups > 1
                && groups == filters
                && groups == input.dim(1)
                && window.isSquare()
                && window.dilation() == 1;
        Layer layer = isDepthwise
                ? new DepthwiseConv2D(window.kernelHeight(), window.stride(), window.padding(), bias != null)
                : new Conv2D(
                        filters,
                        window.kernelHeight(),
                        window.kernelWidth(),
                        window.stride(),
                        window.dilation(),
                        window.padding(),
                        groups,
                        Activation.LINEAR,
                        bias != null,
                        Initializer.HE_UNIFORM);
        return new Match(List.of(conv.input(0)), List.of(new Match.Placed(layer, weights(kernel, bias))), steps);
    }

    static Map<String, Weight> weights(Weight kernel, @Nullable Weight bias) {
        Map<String, Weight> weights = new LinkedHashMap<>();
        weights.put(".kernel", kernel);
        if (bias != null) {
            weights.put(".bias", bias);
        }
        return weights;
    }

    static @Nullable Match transposed(Plan plan, Step last) {
        Weight kernel = plan.weight(last, 1);
        Weight bias = plan.weight(last, 2);
        Fact.Flow input = plan.examples(last.input(0));
        if (!last.is("ConvTranspose") || input == null || kernel == null || kernel.rank() != 4 || bias == null) {
            return null;
        }
        LayerWindow window = LayerWindow.of(plan, last, List.of(kernel.dim(2), kernel.dim(3)), input);
        if (window == null
                || !window.isSquare()
                || window.dilation() != 1
                || !window.padding().equals(Padding.VALID)
                || last.whole("group", 1) != 1
                || last.has("output_shape")
                || last.wholes("output_padding", List.of()).stream().anyMatch(amount -> amount != 0)) {
            return null;
        }
        Layer layer = new Conv2DTranspose(kernel.dim(1), window.kernelHeight(), window.stride());
        return new Match(List.of(last.input(0)), List.of(new Match.Placed(layer, weights(kernel, bias))), Set.of(last));
    }
}
