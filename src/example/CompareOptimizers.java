import dev.thalweg.Model;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.Charts;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import dev.thalweg.train.Monitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Five ways to descend side by side: one network, the same first weights and batches, Fashion-MNIST. Draws the
 * guide's figure.
 */
public final class CompareOptimizers {
    private CompareOptimizers() {}

    public static void main(String[] arguments) throws Exception {
        int epochs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        Map<String, History> histories;
        try (DataSplit data = Datasets.fashionMnist()) {
            histories = histories(data, epochs);
        }
        histories.forEach((name, history) -> System.out.printf(
                "%-20s loss %.4f  test accuracy %.4f%n",
                name,
                history.last().loss(),
                history.last().validation().orElseThrow().accuracy()));
        draw(histories, Path.of(arguments.length > 0 ? arguments[0] : "optimizers.svg"));
    }

    static void draw(Map<String, History> histories, Path file) throws IOException {
        Charts.compare("Fashion-MNIST: training loss by optimizer", Monitor.LOSS, histories, file);
    }

    /** {@return what became of the training, by optimizer} */
    static Map<String, History> histories(DataSplit data, int epochs) {
        Map<String, History> histories = new LinkedHashMap<>();
        histories.put("SGD 0.01", train(data, new SGD(0.01), epochs));
        histories.put("momentum 0.01, 0.9", train(data, new SGD(0.01).momentum(0.9), epochs));
        histories.put("AdaGrad 0.01", train(data, new Adagrad(0.01), epochs));
        histories.put("RMSprop 0.001", train(data, new RMSprop(0.001), epochs));
        histories.put("Adam 0.001", train(data, new Adam(0.001), epochs));
        return histories;
    }

    private static History train(DataSplit data, Optimizer optimizer, int epochs) {
        try (Model model = Model.sequential(
                data.train().imageShape(),
                new Conv2D(32, 3, Activation.RELU),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(10, Activation.SOFTMAX))) {
            model.normalization(ChannelStatistics.standardization(data.train()))
                    .seed(42)
                    .compile(optimizer, new CategoricalCrossentropy());
            return model.fit(
                    data.train(), Fit.epochs(epochs).batchSize(32).seed(42).validation(data.test()));
        }
    }
}
