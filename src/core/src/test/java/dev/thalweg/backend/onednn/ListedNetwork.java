package dev.thalweg.backend.onednn;

import dev.thalweg.data.Normalization;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.Computation;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.model.Padding;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The networks on which {@code bench} compares libraries, with the batches in which it does: what programs they become.
 */
enum ListedNetwork {
    CNN(Networks.cnn(Shape.of(3, 32, 32), 10), 32, 1),
    VGG(vgg(), 64, 1),
    RESNET18(Networks.resnet18Cifar(Shape.of(3, 32, 32), 10), 32, 1),
    /** Its training is too large for a test, and of the same layers as the others'. */
    RESNET50(Networks.resnet50(Shape.of(3, 224, 224), 1000), 0, 1),
    MOBILENETV2(Networks.mobileNetV2Cifar(Shape.of(3, 32, 32), 10), 32, 1),
    VIT_TINY(Networks.named("vit-tiny", Shape.of(3, 32, 32), 10), 32, 1);

    /** How many threads the programs are for. */
    private static final int THREADS = 2;

    private final Network network;
    private final int trained;
    private final int predicted;

    ListedNetwork(Network network, int trained, int predicted) {
        this.network = network;
        this.trained = trained;
        this.predicted = predicted;
    }

    private static Network vgg() {
        List<Layer> layers = new ArrayList<>();
        for (int filters : new int[] {64, 128, 256}) {
            for (int i = 0; i < 2; i++) {
                layers.add(new Conv2D(filters, 3).padding(Padding.of(1)).useBias(false));
                layers.add(new BatchNormalization());
                layers.add(new ActivationLayer(Activation.RELU));
            }
            layers.add(new MaxPooling2D(2));
        }
        layers.addAll(List.of(new Flatten(), new Dense(10, Activation.SOFTMAX)));
        return Network.sequential(Shape.of(3, 32, 32), layers);
    }

    /** The name of the file with its lines. */
    String file() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
    }

    /** Writes the lines of each network to a file in a folder. */
    public static void main(String[] arguments) throws IOException {
        for (ListedNetwork listed : values()) {
            Files.write(Path.of(arguments[0]).resolve(listed.file()), listed.lines());
        }
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (DataType precision : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
            if (trained > 0) {
                lines.addAll(lines(precision, trained, true));
            }
            lines.addAll(lines(precision, predicted, false));
        }
        return lines;
    }

    private List<String> lines(DataType precision, int batch, boolean training) {
        List<String> lines = new ArrayList<>();
        try (ListingBackend backend = new ListingBackend(THREADS)) {
            if (backend.computesIn(precision)) {
                compile(backend, precision, batch, training);
                lines.add((training ? "training" : "prediction") + " of " + batch + " in " + precision);
                lines.addAll(backend.lines());
            }
        }
        return lines;
    }

    private void compile(ListingBackend backend, DataType precision, int batch, boolean training) {
        ModelDescription description = ModelDescription.of(network, network.initialWeights(1), Normalization.unit(3))
                .with(new CategoricalCrossentropy())
                .with(new SGD(0.01).momentum(0.9))
                .with(new Computation(precision, false, Map.of(), TestTimeAugmentation.NONE));
        try (CompiledNetwork compiled = new CompiledNetwork(backend, description)) {
            if (training) {
                compiled.training(batch);
            } else {
                compiled.predicting(batch);
            }
        }
    }
}
