package com.example;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import java.io.IOException;
import java.nio.file.Path;

/** Trains a little and saves the model to the file that the argument names. */
public final class Train {
    private Train() {}

    public static void main(String[] arguments) throws IOException {
        try (DataSplit data = ShapesDataset.generate(20, 10, 1);
                Model model = Model.sequential(
                                Shape.of(3, 32, 32), new Conv2D(2, 3), new Flatten(), new Dense(10, Activation.SOFTMAX))
                        .compile(new SGD(0.01), new CategoricalCrossentropy())) {
            model.fit(data.train(), Fit.epochs(1).batchSize(10));
            model.predict(data.test());
            model.save(Path.of(arguments[0]));
            System.out.println("backend " + model.backend().name());
        }
    }
}
