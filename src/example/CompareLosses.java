import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.MeanAbsoluteError;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.Figure;
import dev.thalweg.train.Fit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The same network, first weights and batches, trained by three losses. */
public final class CompareLosses {
    private CompareLosses() {}

    public static void main(String[] arguments) throws Exception {
        figure(curves(8)).save(Path.of(arguments.length > 0 ? arguments[0] : "losses.png"));
    }

    static Figure figure(Map<String, double[]> curves) {
        Figure figure = new Figure("Which loss to take", "epoch", "accuracy on pictures not seen");
        curves.forEach(figure::line);
        return figure;
    }

    /** {@return the accuracy after each epoch, by loss} */
    static Map<String, double[]> curves(int epochs) {
        Map<String, double[]> curves = new LinkedHashMap<>();
        try (DataSplit data = ShapesDataset.generate(2000, 500, 42)) {
            curves.put("cross-entropy", accuracies(data, new CategoricalCrossentropy(), epochs));
            curves.put("mean squared error", accuracies(data, new MeanSquaredError(), epochs));
            curves.put("mean absolute error", accuracies(data, new MeanAbsoluteError(), epochs));
        }
        return curves;
    }

    private static double[] accuracies(DataSplit data, Loss loss, int epochs) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(0.01).momentum(0.9), loss);
            return model.fit(data.train(), Fit.epochs(epochs).validation(data.test())).epochs().stream()
                    .mapToDouble(epoch -> epoch.validation().orElseThrow().accuracy())
                    .toArray();
        }
    }
}
