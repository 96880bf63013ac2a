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
    private static final int EPOCHS = 8;

    private CompareLosses() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, Loss> losses = new LinkedHashMap<>();
        losses.put("cross-entropy", new CategoricalCrossentropy());
        losses.put("mean squared error", new MeanSquaredError());
        losses.put("mean absolute error", new MeanAbsoluteError());
        Figure figure = new Figure("Which loss to take", "epoch", "accuracy on pictures not seen");
        try (DataSplit data = ShapesDataset.generate(2000, 500, 42)) {
            losses.forEach((name, loss) -> figure.line(name, accuracies(data, loss)));
        }
        figure.save(Path.of(arguments.length > 0 ? arguments[0] : "losses.png"));
    }

    private static double[] accuracies(DataSplit data, Loss loss) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(0.01).momentum(0.9), loss);
            return model.fit(data.train(), Fit.epochs(EPOCHS).validation(data.test())).epochs().stream()
                    .mapToDouble(epoch -> epoch.validation().orElseThrow().accuracy())
                    .toArray();
        }
    }
}
