package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import org.junit.jupiter.api.Test;

class ShapesDatasetTest {
    @Test
    void theSeedDecidesEveryPixel() {
        try (DataSplit first = ShapesDataset.generate(50, 20, 3);
                DataSplit same = ShapesDataset.generate(50, 20, 3);
                DataSplit other = ShapesDataset.generate(50, 20, 4)) {
            for (int i = 0; i < 50; i++) {
                assertEquals(-1, first.train().pixels(i).mismatch(same.train().pixels(i)));
                assertNotEquals(
                        -1, first.train().pixels(i).mismatch(other.train().pixels(i)));
                assertEquals(i % 10, first.train().label(i));
            }
        }
    }

    @Test
    void noTestPictureIsAmongTheTrainingPictures() {
        try (DataSplit data = ShapesDataset.generate(300, 100, 5)) {
            for (int t = 0; t < data.test().size(); t++) {
                for (int i = 0; i < data.train().size(); i++) {
                    assertNotEquals(
                            -1, data.test().pixels(t).mismatch(data.train().pixels(i)));
                }
            }
        }
    }

    @Test
    void aLinearModelDoesClearlyWorseThanAConvolutionalOne() {
        try (DataSplit data = ShapesDataset.generate(4000, 1000, 6)) {
            double linear = accuracy(data, new Flatten(), new Dense(10, Activation.SOFTMAX));
            double convolutional = accuracy(
                    data,
                    new Conv2D(32, 3, Activation.RELU),
                    new MaxPooling2D(2),
                    new Flatten(),
                    new Dense(10, Activation.SOFTMAX));
            assertTrue(convolutional > linear + 0.2, "convolutional " + convolutional + ", linear " + linear);
            assertTrue(convolutional > 0.8, "convolutional " + convolutional);
        }
    }

    private static double accuracy(DataSplit data, Layer... layers) {
        try (Model model = Model.sequential(Shape.of(3, 32, 32), layers)) {
            model.compile(new SGD(0.01).momentum(0.9), new CategoricalCrossentropy());
            model.fit(data.train(), Fit.epochs(8));
            return model.evaluate(data.test()).accuracy();
        }
    }
}
