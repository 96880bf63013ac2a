package dev.thalweg.interop.torch;

import java.util.ArrayList;
import java.util.List;

/** The names of tensors in a state dict, as PyTorch's modules give them, listed in the order of our parameters. */
final class TorchNames {
    private final List<String> names = new ArrayList<>();

    /** One tensor by its whole name. */
    TorchNames tensor(String name) {
        names.add(name);
        return this;
    }

    /** A convolution without bias. */
    TorchNames convolution(String module) {
        return tensor(module + ".weight");
    }

    /** A linear module, a convolution with a bias, or a layer normalization. */
    TorchNames affine(String module) {
        return tensor(module + ".weight").tensor(module + ".bias");
    }

    /** A batch normalization. */
    TorchNames normalization(String module) {
        return affine(module).tensor(module + ".running_mean").tensor(module + ".running_var");
    }

    /** A convolution without bias and the batch normalization after it. */
    TorchNames normalized(String convolution, String normalization) {
        return convolution(convolution).normalization(normalization);
    }

    List<String> list() {
        return List.copyOf(names);
    }
}
