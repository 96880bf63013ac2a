package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not read of Keras' models is refused by a sentence that names file, layer, class and setting. */
class KerasRefusalTest {
    @TempDir
    private Path directory;

    private String refusal(String model) {
        Path file = directory.resolve("refused.h5");
        try (WritableHdfFile hdf5 = HdfFile.write(file)) {
            hdf5.putAttribute("model_config", model);
            hdf5.putGroup("model_weights");
        }
        String message =
                assertThrows(BadFileException.class, () -> Keras.read(file)).getMessage();
        assertTrue(message.contains("refused.h5"), message);
        return message;
    }

    private String refusal(String type, String config, String input) {
        String settings = "\"name\":\"x\",\"batch_input_shape\":[null," + input + "]" + (config.isEmpty() ? "" : ",")
                + config.replace('\'', '"');
        return refusal("{\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":[{\"class_name\":\"" + type
                + "\",\"config\":{" + settings + "}}]}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PReLU||8,8,3|its class is not read: replace it in Keras",
                "Lambda||8,8,3|its class is not read",
                "Conv2D|'filters':4,'kernel_size':[3,3],'strides':[1,2]|8,8,3|strides is [1,2], expected the same"
                        + " number",
                "Conv2D|'filters':4,'kernel_size':[3,3],'padding':'causal'|8,8,3|padding is causal",
                "Conv2D|'filters':4,'kernel_size':[9,9]|8,8,3|layer 1",
                "Conv2D|'filters':4,'kernel_size':3,'activation':'selu'|8,8,3|its activation is \"selu\", expected one"
                        + " of",
                "Conv2D|'filters':'4','kernel_size':3|8,8,3|filters is \"4\", expected whole numbers",
                "Conv2D|'filters':4,'kernel_size':3|8|takes pictures, got [8]",
                "Conv2D|'filters':4,'activation':'softmax','data_format':'channels_first'|3,8,8|softmax",
                "Conv2DTranspose|'filters':4,'kernel_size':[2,2],'strides':[3,3]|8,8,3|a kernel of at least the"
                        + " strides",
                "MaxPooling2D|'pool_size':[2,3]|8,8,3|pool_size is [2,3], expected the same number",
                "GlobalMaxPooling2D||8,9,3|as high as wide",
                "BatchNormalization|'axis':1|8,9,3|expected one weight gamma",
                "BatchNormalization|'axis':[1,2]|8,8,3|axis is [1, 2], expected one",
                "BatchNormalization|'axis':7|8,8,3|acts along axis 7",
                "BatchNormalization|'epsilon':0|8,8,3|epsilon must be greater than 0",
                "GroupNormalization|'groups':2|8,8,3|2 groups do not divide 3 channels",
                "ReLU|'max_value':3.0|8|max_value is 3.0, expected none, or 6",
                "ReLU|'threshold':0.5|8|threshold is 0.5, expected 0.0",
                "ELU|'alpha':2.0|8|alpha is 2.0, expected 1.0",
                "LeakyReLU|'alpha':-1|8|negativeSlope must be finite and not negative",
                "Dropout|'rate':1.0|8|the rate must be at least 0 and below 1",
                "Dense|'units':4|8|expected one weight kernel in model_weights/x, got [] of []",
                "Dense|'units':0|8|units must be at least 1",
                "GRU|'units':4,'reset_after':false|5,8|reset_after is false, expected true",
                "LSTM|'units':4,'recurrent_activation':'hard_sigmoid'|5,8|recurrent_activation is \"hard_sigmoid\"",
                "LSTM|'units':4,'return_state':true|5,8|return_state is true",
                "LSTM|'units':4|5|takes sequences, got [5]",
                "MultiHeadAttention|'num_heads':2,'key_dim':4|5,8|query, value and key to be the same",
                "Reshape|'target_shape':[5,-1]|8|x",
                "Permute|'dims':[1,1]|8,3|each once, got [1, 1]",
                "UpSampling2D|'interpolation':'bilinear'|8,8,3|interpolation is \"bilinear\", expected nearest",
                "ZeroPadding2D|'padding':[[1,1]]|8,8,3|expected two numbers for each direction",
                "Rescaling|'scale':[1,2]|8,8,3|has 2 numbers, expected one for each of 3 channels",
                "Rescaling|'scale':1.0|8|stands behind other layers",
                "Conv2D|'filters':4|null,null,3|give the input of the model a fixed size in Keras",
                "Flatten|'data_format':'channels_first'|8,8,3|data_format is channels_first, where that of the model"
                        + " is not"
            })
    void settingsThatAreNotReadAreNamed(String type, String config, String input, String part) {
        String message = refusal(type, config == null ? "" : config, input);
        assertTrue(message.contains(part), part + " not in: " + message);
        assertTrue(input.contains("null") || message.contains("layer x (" + type + ")"), message);
    }

    @Test
    void whatIsNoModelIsNamed() {
        assertTrue(
                refusal("{\"class_name\":\"MyModel\",\"config\":{}}").contains("class MyModel, expected Sequential"));
        assertTrue(refusal("[").contains("is no JSON"));
        assertTrue(assertThrows(BadFileException.class, () -> Keras.read(directory))
                .getMessage()
                .contains("is a folder"));
    }
}
