package dev.thalweg.interop.keras;

import dev.thalweg.io.BadFileException;
import java.util.Map;
import java.util.TreeMap;

/** Which layers of Keras are read, and how. */
final class Conversions {
    private static final Map<String, Conversion> BY_CLASS = Map.ofEntries(
            Map.entry("Activation", Activations::activation),
            Map.entry("ELU", Activations::elu),
            Map.entry("LeakyReLU", Activations::leakyRelu),
            Map.entry("ReLU", Activations::relu),
            Map.entry("Softmax", Activations::softmax),
            Map.entry("Conv2D", Convolutions::convolution),
            Map.entry("Conv2DTranspose", Convolutions::transposed),
            Map.entry("DepthwiseConv2D", Convolutions::depthwise),
            Map.entry("SeparableConv2D", Convolutions::separable),
            Map.entry("AveragePooling2D", Poolings::average),
            Map.entry("GlobalAveragePooling2D", Poolings::globalAverage),
            Map.entry("GlobalMaxPooling2D", Poolings::globalMax),
            Map.entry("MaxPooling2D", Poolings::max),
            Map.entry("BatchNormalization", Normalizations::batch),
            // TensorFlow's older names.
            Map.entry("BatchNormalizationV1", Normalizations::batch),
            Map.entry("BatchNormalizationV2", Normalizations::batch),
            Map.entry("GroupNormalization", Normalizations::group),
            Map.entry("LayerNormalization", Normalizations::layer),
            Map.entry("Dense", Products::dense),
            Map.entry("GRU", Products::gru),
            Map.entry("LSTM", Products::lstm),
            Map.entry("MultiHeadAttention", Products::attention),
            Map.entry("Add", Arrangements::add),
            Map.entry("Concatenate", Arrangements::concatenate),
            Map.entry("Dropout", Arrangements::dropout),
            Map.entry("Flatten", Arrangements::flatten),
            Map.entry("Multiply", Arrangements::multiply),
            Map.entry("Permute", Arrangements::permute),
            Map.entry("Reshape", Arrangements::reshape),
            Map.entry("UpSampling2D", Arrangements::upSampling),
            Map.entry("ZeroPadding2D", Arrangements::zeroPadding),
            Map.entry("Normalization", Pixels::normalization),
            Map.entry("Rescaling", Pixels::rescaling),
            // What does nothing but in training is left to augmentations and regularizers of ours.
            Map.entry("ActivityRegularization", Arrangements::nothing),
            Map.entry("GaussianDropout", Arrangements::nothing),
            Map.entry("GaussianNoise", Arrangements::nothing),
            Map.entry("RandomBrightness", Arrangements::nothing),
            Map.entry("RandomContrast", Arrangements::nothing),
            Map.entry("RandomFlip", Arrangements::nothing),
            Map.entry("RandomRotation", Arrangements::nothing),
            Map.entry("RandomTranslation", Arrangements::nothing),
            Map.entry("RandomZoom", Arrangements::nothing),
            Map.entry("SpatialDropout2D", Arrangements::nothing));

    private Conversions() {}

    /** {@return how a layer is converted} */
    static Conversion of(Settings settings) throws BadFileException {
        Conversion conversion = BY_CLASS.get(settings.type());
        if (conversion == null) {
            throw settings.problem("its class is not read: replace it in Keras, or leave it out, and save the model"
                    + " again. Classes that are read: " + new TreeMap<>(BY_CLASS).keySet());
        }
        return conversion;
    }
}
