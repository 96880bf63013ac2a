import static dev.thalweg.model.Activation.RELU;
import static dev.thalweg.model.Activation.SOFTMAX;

import dev.thalweg.Model;
import dev.thalweg.data.Datasets;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.ConsoleProgress;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;

/** The first program: a convolutional network on CIFAR-10-shaped pictures. Datasets.cifar10() takes the real ones. */
class FirstClassifier {
    public static void main(String[] args) {
        try (var data = Datasets.builtin(42);
                var model = Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(32, 3, RELU),
                        new MaxPooling2D(2),
                        new Flatten(),
                        new Dense(10, SOFTMAX))) {
            System.out.println(model.summary());
            model.compile(new SGD(0.01).decay(0.01).momentum(0.9), new CategoricalCrossentropy());
            model.fit(data.train(), Fit.epochs(10).batchSize(32).callbacks(new ConsoleProgress()));
            Evaluation result = model.evaluate(data.test());
            System.out.println("Test loss: " + result.loss());
            System.out.println("Test accuracy: " + result.accuracy());
        }
    }
}
