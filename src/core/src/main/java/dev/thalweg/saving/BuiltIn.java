package dev.thalweg.saving;

import dev.thalweg.loss.BinaryCrossentropy;
import dev.thalweg.loss.BinaryFocalCrossentropy;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.CategoricalFocalCrossentropy;
import dev.thalweg.loss.Huber;
import dev.thalweg.loss.LogCosh;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.MeanAbsoluteError;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.loss.SparseCategoricalCrossentropy;
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
import dev.thalweg.model.GRU;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.GroupNormalization;
import dev.thalweg.model.LSTM;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerNormalization;
import dev.thalweg.model.LeakyReLU;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.model.Multiply;
import dev.thalweg.model.PadChannels;
import dev.thalweg.model.PatchEmbedding;
import dev.thalweg.model.Permute;
import dev.thalweg.model.Reshape;
import dev.thalweg.model.Rows;
import dev.thalweg.model.SelectToken;
import dev.thalweg.model.SqueezeAndExcite;
import dev.thalweg.model.Submodule;
import dev.thalweg.model.UpSampling2D;
import dev.thalweg.model.ZeroPadding2D;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What files know by its simple name without being registered. */
final class BuiltIn {
    private static final List<Class<? extends Layer>> LAYERS = List.of(
            ActivationLayer.class,
            Add.class,
            AveragePooling2D.class,
            BatchNormalization.class,
            Concatenate.class,
            Conv2D.class,
            Conv2DTranspose.class,
            Dense.class,
            DepthwiseConv2D.class,
            DropPath.class,
            Dropout.class,
            Flatten.class,
            GRU.class,
            GlobalAveragePooling2D.class,
            GroupNormalization.class,
            LSTM.class,
            LayerNormalization.class,
            LeakyReLU.class,
            MaxPooling2D.class,
            MultiHeadAttention.class,
            Multiply.class,
            PadChannels.class,
            PatchEmbedding.class,
            Permute.class,
            Reshape.class,
            Rows.class,
            SelectToken.class,
            SqueezeAndExcite.class,
            Submodule.class,
            UpSampling2D.class,
            ZeroPadding2D.class);

    private static final List<Class<? extends Loss>> LOSSES = List.of(
            BinaryCrossentropy.class,
            BinaryFocalCrossentropy.class,
            CategoricalCrossentropy.class,
            CategoricalFocalCrossentropy.class,
            Huber.class,
            LogCosh.class,
            MeanAbsoluteError.class,
            MeanSquaredError.class,
            SparseCategoricalCrossentropy.class);

    private static final Map<Class<?>, Map<String, Class<?>>> FAMILIES =
            Map.of(Layer.class, named(LAYERS), Loss.class, named(LOSSES));

    private BuiltIn() {}

    private static Map<String, Class<?>> named(List<? extends Class<?>> types) {
        return types.stream().collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));
    }

    /** {@return the family that a type is of: the interface itself, or one that the type implements} */
    static Class<?> family(Class<?> type) {
        return FAMILIES.keySet().stream()
                .filter(f -> f.isAssignableFrom(type))
                .findFirst()
                .orElseThrow();
    }

    /** {@return the types of a family by name} */
    static Map<String, Class<?>> of(Class<?> family) {
        return FAMILIES.getOrDefault(family, Map.of());
    }
}
