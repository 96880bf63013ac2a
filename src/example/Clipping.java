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
import java.util.LinkedHashMap;
import java.util.Map;

/** A rate that is too high for the first steps, with gradients as they come, shortened, and cut off. */
public final class Clipping {
    private static final SGD DESCENT = new SGD(0.3).momentum(0.9);

    private Clipping() {}

    public static void main(String[] arguments) throws Exception {
        figure(curves(10)).save(Path.of(arguments.length > 0 ? arguments[0] : "clipping.png"));
    }

    static Figure figure(Map<String, double[]> curves) {
        Figure figure = new Figure("Clipping, at a rate that is too high without it", "epoch", "training loss");
        curves.forEach(figure::line);
        return figure;
    }

    /** {@return the loss of each epoch, by what is done to gradients} */
    static Map<String, double[]> curves(int epochs) {
        Map<String, double[]> curves = new LinkedHashMap<>();
        try (DataSplit data = ShapesDataset.generate(1000, 10, 42)) {
            curves.put("gradients as they come", losses(data, DESCENT, epochs));
            curves.put("shortened to a norm of 0.5", losses(data, DESCENT.clipGlobalNorm(0.5), epochs));
            curves.put("each element cut off at ±0.01", losses(data, DESCENT.clipValue(0.01), epochs));
        }
        return curves;
    }

    private static double[] losses(DataSplit data, Optimizer optimizer, int epochs) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(optimizer, new CategoricalCrossentropy());
            return model.fit(data.train(), Fit.epochs(epochs)).epochs().stream()
                    .mapToDouble(EpochResult::loss)
                    .toArray();
        }
    }
}
