package dev.thalweg.interop.keras;

import java.util.List;

/**
 * A layer of a model of Keras.
 *
 * @param settings its name, class and settings
 * @param names its name, after those of the models that it lies in
 * @param place where its weights lie in a {@code .keras} file
 * @param calls what flows into each of its calls
 */
record LayerConfig(Settings settings, List<String> names, String place, List<List<Tensor>> calls) {
    /**
     * A result of a layer.
     *
     * @param layer the layer's name
     * @param call which of its calls, as Keras counts them
     * @param index which of the call's results
     */
    record Tensor(String layer, int call, int index) {}

    /** {@return the layer's name within its model} */
    String name() {
        return names.getLast();
    }
}
