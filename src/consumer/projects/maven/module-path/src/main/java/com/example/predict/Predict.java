package com.example.predict;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import java.io.IOException;
import java.nio.file.Path;

/** Asks the model in the file that the argument names what it sees. */
public final class Predict {
    private Predict() {}

    public static void main(String[] arguments) throws IOException {
        try (DataSplit data = ShapesDataset.generate(20, 10, 1);
                Model model = Model.load(Path.of(arguments[0]))) {
            model.predict(data.test());
            System.out.println("backend " + model.backend().name());
        }
    }
}
