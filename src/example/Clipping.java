import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.Figure;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Fit;
import java.nio.file.Path;

/** A rate that is too high for the first steps, with gradients as they come, shortened, and cut off. */
public final class Clipping {
    private static final SGD DESCENT = new SGD(0.3).momentum(0.9);

    private Clipping() {}

    public static void main(String[] arguments) throws Exception {
        Figure figure = new Figure("Clipping, at a rate that is too high without it", "epoch", "training loss");
        try (DataSplit data = ShapesDataset.generate(1000, 10, 42)) {
            figure.line("gradients as they come", losses(data, DESCENT));
            figure.line("shortened to a norm of 0.5", losses(data, DESCENT.clipGlobalNorm(0.5)));
            figure.line("each element cut off at ±0.01", losses(data, DESCENT.clipValue(0.01)));
        }
        figure.save(Path.of(arguments.length > 0 ? arguments[0] : "clipping.png"));
    }

    private static double[] losses(DataSplit data, Optimizer optimizer) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(optimizer, new CategoricalCrossentropy());
            return model.fit(data.train(), Fit.epochs(10)).epochs().stream()
                    .mapToDouble(EpochResult::loss)
                    .toArray();
        }
    }
}
