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

/** How much of the last step to keep: nothing, half, nine tenths, and too much. */
public final class Momentum {
    private static final double LEARNING_RATE = 0.005;
    private static final double[] MOMENTA = {0, 0.5, 0.9, 0.99};

    private Momentum() {}

    public static void main(String[] arguments) throws Exception {
        Figure figure = new Figure("Momentum, at a rate of " + LEARNING_RATE, "epoch", "training loss");
        try (DataSplit data = ShapesDataset.generate(1000, 10, 42)) {
            for (double momentum : MOMENTA) {
                figure.line("momentum " + momentum, losses(data, momentum));
            }
        }
        figure.save(Path.of(arguments.length > 0 ? arguments[0] : "momentum.png"));
    }

    private static double[] losses(DataSplit data, double momentum) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(LEARNING_RATE).momentum(momentum), new CategoricalCrossentropy());
            return model.fit(data.train(), Fit.epochs(12)).epochs().stream()
                    .mapToDouble(EpochResult::loss)
                    .toArray();
        }
    }
}
