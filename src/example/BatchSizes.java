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

/**
 * Batch, mini-batch and stochastic descent on one plot: the same pictures seen as often, in steps of all, 32 and one.
 */
public final class BatchSizes {
    private static final int PICTURES = 1000;
    private static final int EPOCHS = 10;

    private BatchSizes() {}

    public static void main(String[] arguments) throws Exception {
        Figure figure = new Figure("The same pictures in batches of three sizes", "epoch", "training loss");
        try (DataSplit data = ShapesDataset.generate(PICTURES, 10, 42)) {
            figure.line("batch: all at once, rate 0.01", losses(data, PICTURES, 0.01));
            figure.line("mini-batch: 32, rate 0.02", losses(data, 32, 0.02));
            figure.line("stochastic: one, rate 0.002", losses(data, 1, 0.002));
        }
        figure.save(Path.of(arguments.length > 0 ? arguments[0] : "batch-sizes.png"));
    }

    private static double[] losses(DataSplit data, int batchSize, double learningRate) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(learningRate), new CategoricalCrossentropy());
            return model.fit(data.train(), Fit.epochs(EPOCHS).batchSize(batchSize)).epochs().stream()
                    .mapToDouble(EpochResult::loss)
                    .toArray();
        }
    }
}
