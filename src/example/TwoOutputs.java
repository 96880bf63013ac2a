import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.metric.OutputMetric;
import dev.thalweg.metric.R2Score;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Adam;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/**
 * Two questions about one picture, answered by one network: which shape it shows, and how bright it is. Squares of
 * small numbers are smaller still: with a small weight the brightness is hardly learnt, with a great one the shapes
 * are not.
 */
public final class TwoOutputs {
    private TwoOutputs() {}

    public static void main(String[] arguments) {
        System.out.println(trained(2000, 10).metrics());
    }

    /** {@return how both outputs do on other pictures after a training} */
    static Evaluation trained(int pictures, int epochs) {
        Flow picture = Flow.input(3, 32, 32);
        Flow features = picture.through(
                new Conv2D(16, 3),
                new BatchNormalization(0.9, 1e-3),
                new ActivationLayer(Activation.RELU),
                new MaxPooling2D(2),
                new Conv2D(32, 3),
                new BatchNormalization(0.9, 1e-3),
                new ActivationLayer(Activation.RELU),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(64, Activation.RELU));
        Flow shape = features.then("shape", new Dense(10, Activation.SOFTMAX));
        Flow brightness = features.then("brightness", new Dense(1));
        try (DataSplit data = ShapesDataset.generate(pictures, 200, 42);
                Model model = Model.of(List.of(picture), List.of(shape, brightness))) {
            model.compile(
                    new Adam(0.001),
                    Map.of("shape", new CategoricalCrossentropy(), "brightness", new MeanSquaredError()),
                    Map.of("brightness", 10.0));
            model.fit(withBrightness(data.train()), Fit.epochs(epochs));
            return model.evaluate(withBrightness(data.test()), new OutputMetric("brightness", new R2Score()));
        }
    }

    private static ImageDataset withBrightness(ImageDataset pictures) {
        float[][] means = new float[pictures.size()][1];
        for (int i = 0; i < means.length; i++) {
            byte[] bytes = pictures.pixels(i).toArray(ValueLayout.JAVA_BYTE);
            double sum = 0;
            for (byte level : bytes) {
                sum += level & 0xff;
            }
            means[i][0] = (float) (sum / bytes.length / 255);
        }
        return pictures.withTargets("brightness", Targets.ofRegression(List.of("mean"), means));
    }
}
