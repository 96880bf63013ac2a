import dev.thalweg.Model;
import dev.thalweg.backend.Movement;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.Layer;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.Figure;
import dev.thalweg.train.Fit;
import dev.thalweg.train.GradientWatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gradients that vanish or explode on their way down through twenty layers, and what cures them. */
public final class DeepGradients {
    private static final int LAYERS = 20;

    private DeepGradients() {}

    public static void main(String[] arguments) throws Exception {
        figure(curves()).save(Path.of(arguments.length > 0 ? arguments[0] : "deep-gradients.png"));
    }

    static Figure figure(Map<String, double[]> curves) {
        Figure figure = new Figure("Gradients of twenty layers, in the first step", "layer", "norm of the gradient");
        curves.forEach(figure::line);
        return figure.logarithmicY();
    }

    /** {@return the gradient's norm in each layer, by the network} */
    static Map<String, double[]> curves() {
        Map<String, double[]> curves = new LinkedHashMap<>();
        try (DataSplit data = ShapesDataset.generate(640, 10, 42)) {
            curves.put("sigmoid: they vanish", norms(data, Activation.SIGMOID, Initializer.GLOROT_UNIFORM, false));
            curves.put(
                    "ReLU, small weights: they vanish", norms(data, Activation.RELU, Initializer.LECUN_NORMAL, false));
            curves.put(
                    "no activation, He's weights: they explode",
                    norms(data, Activation.LINEAR, Initializer.HE_NORMAL, false));
            curves.put("ReLU, He's weights", norms(data, Activation.RELU, Initializer.HE_NORMAL, false));
            curves.put(
                    "sigmoid, batch normalization", norms(data, Activation.SIGMOID, Initializer.GLOROT_UNIFORM, true));
        }
        return curves;
    }

    private static double[] norms(DataSplit data, Activation activation, Initializer initializer, boolean normalized) {
        List<Layer> layers = new ArrayList<>(List.of(new Flatten()));
        for (int i = 0; i < LAYERS; i++) {
            layers.add(new Dense(64).kernelInitializer(initializer));
            if (normalized) {
                layers.add(new BatchNormalization());
            }
            layers.add(new ActivationLayer(activation));
        }
        layers.add(new Dense(10, Activation.SOFTMAX));
        GradientWatch watch = new GradientWatch(1, 0, 1);
        try (Model model = Model.sequential(data.train().imageShape(), layers.toArray(Layer[]::new))) {
            model.compile(new SGD(0.01), new CategoricalCrossentropy());
            model.fit(data.train(), Fit.epochs(1).batchSize(64).callbacks(watch));
        }
        return watch.samples().getFirst().movements().stream()
                .filter(m -> m.parameter().startsWith("dense") && m.parameter().endsWith("kernel"))
                .limit(LAYERS)
                .mapToDouble(Movement::gradientNorm)
                .toArray();
    }
}
