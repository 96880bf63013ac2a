package dev.thalweg.model;

import dev.thalweg.graph.Value;
import java.util.Locale;

/**
 * One step of a network. Layers are immutable records: the methods named after a setting return a copy with that
 * setting.
 */
public sealed interface Layer
        permits ActivationLayer,
                AveragePooling2D,
                BatchNormalization,
                Conv2D,
                Conv2DTranspose,
                Dense,
                DepthwiseConv2D,
                Dropout,
                Flatten,
                GRU,
                GlobalAveragePooling2D,
                GroupNormalization,
                LSTM,
                LayerNormalization,
                MaxPooling2D,
                Merge,
                MultiHeadAttention,
                PadChannels,
                PatchEmbedding,
                Reshape,
                Rows,
                SelectToken,
                SqueezeAndExcite,
                Submodule,
                UpSampling2D,
                ZeroPadding2D {
    /**
     * {@return the layer's kind in lower case, from which its name in a network is made: {@code conv2d}}
     */
    default String kind() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /**
     * Adds the layer to a graph.
     *
     * @param context the graph, and where parameters are declared
     * @param input {@code [N, ...]}
     * @return the layer's result, {@code [N, ...]}
     */
    Value build(LayerContext context, Value input);
}
