package dev.thalweg.interop.onnx.network;

import dev.thalweg.io.Registry;
import dev.thalweg.io.RegistryProvider;
import dev.thalweg.model.Layer;

/** Lets model files hold ONNX's operators. */
public final class OnnxLayers implements RegistryProvider {
    /** Found by {@link java.util.ServiceLoader}. */
    public OnnxLayers() {}

    @Override
    public void register() {
        Registry.register(Layer.class, "onnx.Operation", OnnxOperation.class);
    }
}
