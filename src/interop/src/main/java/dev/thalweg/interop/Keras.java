package dev.thalweg.interop;

import dev.thalweg.Model;
import dev.thalweg.interop.keras.KerasFiles;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Models that Keras saved, to be run, evaluated and trained further here:
 * <pre>{@code
 * Model model = Keras.read(Path.of("flowers.h5"));
 * Model mine = model.replaceHead(1, new Dense(12, Activation.SOFTMAX));
 * }</pre>
 */
public final class Keras {
    private Keras() {}

    /**
     * Reads a model: {@code .h5} as Keras 2 and Keras 3 save it, or {@code .keras}. That reader follows Keras'
     * published format, but was never tried on a file that Keras itself wrote.
     * <p>
     * Sequential and Functional models are read, models within models, several inputs and outputs, and layers that
     * are called several times. Pictures are {@code [C, H, W]} here, whether the file has {@code channels_last} or
     * {@code channels_first}; weights, and the rows behind a {@code Flatten}, are put in that order. Layers keep their
     * names, with something behind them where one becomes several; so do outputs.
     * <p>
     * These layers are read: {@code Activation}, {@code Add}, {@code AveragePooling2D}, {@code BatchNormalization},
     * {@code Concatenate}, {@code Conv2D}, {@code Conv2DTranspose}, {@code Dense}, {@code DepthwiseConv2D},
     * {@code Dropout}, {@code ELU}, {@code Flatten}, {@code GlobalAveragePooling2D}, {@code GlobalMaxPooling2D},
     * {@code GroupNormalization}, {@code GRU} (with {@code reset_after}), {@code LayerNormalization},
     * {@code LeakyReLU}, {@code LSTM}, {@code MaxPooling2D}, {@code MultiHeadAttention} (of a sequence to itself),
     * {@code Multiply}, {@code Permute}, {@code ReLU}, {@code Reshape}, {@code SeparableConv2D} (two layers here),
     * {@code Softmax}, {@code UpSampling2D}, {@code ZeroPadding2D}. Strides, dilations and pools are the same in both
     * directions. {@code Rescaling} and {@code Normalization} before all layers that learn become the model's
     * {@link Model#normalization}; where there are none, the network is given bytes from 0 to 255, as Keras' own
     * loaders give them, which is {@linkplain Model#isNormalizationAssumed assumed}: set another normalization if you
     * divided them before.
     * <p>
     * Left out is what acts in training alone and belongs to a training here: the optimizer, the loss, regularizers,
     * constraints, initializers, dropout within recurrent layers and attention, {@code SpatialDropout2D},
     * {@code ActivityRegularization}, noise, and {@code RandomFlip} and other augmentations.
     *
     * @param file of at most 2 GiB
     * @return the model, with seed 0; compile it to train on, and close it
     * @throws IOException if the file cannot be read
     * @throws BadFileException if it holds no model of Keras, or one with layers or settings that are not read: the
     *     message names layer, class and file, and says what to do
     */
    public static Model read(Path file) throws IOException {
        return KerasFiles.read(file);
    }
}
