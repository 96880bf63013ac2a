import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.Charts;
import dev.thalweg.train.Fit;
import dev.thalweg.train.LearningRateRange;
import java.nio.file.Path;

/** How to choose a learning rate: let it rise from step to step, and see where the loss falls fastest. */
public final class LearningRates {
    private LearningRates() {}

    public static void main(String[] arguments) throws Exception {
        LearningRateRange range = range();
        System.out.println("Proposed: " + range.proposal());
        Charts.learningRateRange(range, Path.of(arguments.length > 0 ? arguments[0] : "learning-rates.png"));
    }

    /** {@return the loss at each rate} */
    static LearningRateRange range() {
        try (DataSplit data = ShapesDataset.generate(2000, 10, 42);
                Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(0.01).momentum(0.9), new CategoricalCrossentropy());
            return model.learningRateRange(data.train(), Fit.epochs(1).batchSize(32), 1e-5, 10, 200);
        }
    }
}
