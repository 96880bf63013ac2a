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

/**
 * Batch, mini-batch and stochastic descent on one plot: the same pictures seen as often, in steps of all, 32 and one.
 */
public final class BatchSizes {
    private static final int PICTURES = 1000;

    private BatchSizes() {}

    public static void main(String[] arguments) throws Exception {
        figure(curves(10)).save(Path.of(arguments.length > 0 ? arguments[0] : "batch-sizes.png"));
    }

    static Figure figure(Map<String, double[]> curves) {
        Figure figure = new Figure("The same pictures in batches of three sizes", "epoch", "training loss");
        curves.forEach(figure::line);
        return figure;
    }

    /** {@return the loss of each epoch, by what a batch is} */
    static Map<String, double[]> curves(int epochs) {
        Map<String, double[]> curves = new LinkedHashMap<>();
        try (DataSplit data = ShapesDataset.generate(PICTURES, 10, 42)) {
            curves.put("batch: all at once, rate 0.01", losses(data, PICTURES, 0.01, epochs));
            curves.put("mini-batch: 32, rate 0.02", losses(data, 32, 0.02, epochs));
            curves.put("stochastic: one, rate 0.002", losses(data, 1, 0.002, epochs));
        }
        return curves;
    }

    private static double[] losses(DataSplit data, int batchSize, double learningRate, int epochs) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(learningRate), new CategoricalCrossentropy());
            return model.fit(data.train(), Fit.epochs(epochs).batchSize(batchSize)).epochs().stream()
                    .mapToDouble(EpochResult::loss)
                    .toArray();
        }
    }
}
