import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.Figure;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Fit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** How much of the last step to keep: nothing, half, nine tenths, and too much. */
public final class Momentum {
    private static final double LEARNING_RATE = 0.005;
    private static final double[] MOMENTA = {0, 0.5, 0.9, 0.99};

    private Momentum() {}

    public static void main(String[] arguments) throws Exception {
        figure(curves(12)).save(Path.of(arguments.length > 0 ? arguments[0] : "momentum.png"));
    }

    static Figure figure(Map<String, double[]> curves) {
        Figure figure = new Figure("Momentum, at a rate of " + LEARNING_RATE, "epoch", "training loss");
        curves.forEach(figure::line);
        return figure;
    }

    /** {@return the loss of each epoch, by momentum} */
    static Map<String, double[]> curves(int epochs) {
        Map<String, double[]> curves = new LinkedHashMap<>();
        try (DataSplit data = ShapesDataset.generate(1000, 10, 42)) {
            for (double momentum : MOMENTA) {
                curves.put("momentum " + momentum, losses(data, momentum, epochs));
            }
        }
        return curves;
    }

    private static double[] losses(DataSplit data, double momentum, int epochs) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(LEARNING_RATE).momentum(momentum), new CategoricalCrossentropy());
            return model.fit(data.train(), Fit.epochs(epochs)).epochs().stream()
                    .mapToDouble(EpochResult::loss)
                    .toArray();
        }
    }
}
