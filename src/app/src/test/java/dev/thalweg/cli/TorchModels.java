package dev.thalweg.cli;

import dev.thalweg.format.Safetensors;
import dev.thalweg.interop.torch.NamingSchemes;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Weights as PyTorch's users save them. */
final class TorchModels {
    /** As {@code resnet20} of the program, for pictures of 32×32 pixels in colour and 10 classes. */
    static final Network NETWORK = Networks.resnetCifar(Shape.of(3, 32, 32), 10, 20);

    private TorchModels() {}

    /**
     * Writes weights of {@link #NETWORK}.
     *
     * @param file whose name ends in {@code .safetensors}
     * @return what was written, by the names of this library
     */
    static Map<String, float[]> write(Path file) throws IOException {
        List<ParameterSpec> parameters = NETWORK.parameters();
        List<String> names = NamingSchemes.best(parameters.size(), Set.of("linear.weight"));
        Map<String, float[]> drawn = NETWORK.initialWeights(3);
        Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            ParameterSpec spec = parameters.get(i);
            tensors.put(names.get(i), new Safetensors.NamedTensor(spec.shape(), drawn.get(spec.name())));
        }
        new Safetensors(Map.of(), tensors).write(file);
        return drawn;
    }
}
