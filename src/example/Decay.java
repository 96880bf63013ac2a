import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.ConstantSchedule;
import dev.thalweg.optim.CosineDecay;
import dev.thalweg.optim.InverseTimeDecay;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.Schedule;
import dev.thalweg.report.Figure;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Fit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A learning rate that stays, one that decays, and one that follows a cosine down to 0. */
public final class Decay {
    private static final int EPOCHS = 15;
    private static final int PICTURES = 1000;
    private static final int BATCH = 10;
    private static final double LEARNING_RATE = 0.02;

    private Decay() {}

    public static void main(String[] arguments) throws Exception {
        figure(curves()).save(Path.of(arguments.length > 0 ? arguments[0] : "decay.png"));
    }

    static Figure figure(Map<String, double[]> curves) {
        Figure figure = new Figure("Decay of the learning rate", "epoch", "training loss");
        curves.forEach(figure::line);
        return figure.logarithmicY();
    }

    /** {@return the loss of each epoch, by what becomes of the rate} */
    static Map<String, double[]> curves() {
        long steps = (long) EPOCHS * PICTURES / BATCH;
        Map<String, double[]> curves = new LinkedHashMap<>();
        try (DataSplit data = ShapesDataset.generate(PICTURES, 10, 42)) {
            curves.put("constant", losses(data, new ConstantSchedule(LEARNING_RATE)));
            curves.put("rate / (1 + 0.005 t)", losses(data, new InverseTimeDecay(LEARNING_RATE, 0.005)));
            curves.put("cosine", losses(data, new CosineDecay(LEARNING_RATE, 0, steps)));
        }
        return curves;
    }

    private static double[] losses(DataSplit data, Schedule schedule) {
        try (Model model = Model.of(Networks.cnn(data.train().imageShape(), 10))) {
            model.compile(new SGD(LEARNING_RATE).momentum(0.9).schedule(schedule), new CategoricalCrossentropy());
            return model.fit(data.train(), Fit.epochs(EPOCHS).batchSize(BATCH)).epochs().stream()
                    .mapToDouble(EpochResult::loss)
                    .toArray();
        }
    }
}
