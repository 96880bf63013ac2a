package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.files.FileNames;
import dev.thalweg.memory.Scope;
import dev.thalweg.text.Counted;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code thalweg quantize}. */
@Command(
        name = "quantize",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Writes a saved model that computes in 8-bit integers, calibrated with training pictures of --data: a"
                        + " quarter of the size, and faster where the processor multiplies bytes (VNNI, AMX). It"
                        + " predicts and is evaluated; train --from trains the floats that its integers stand for.")
final class QuantizeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "A model that train saved.")
    private Path from;

    @Parameters(index = "1", paramLabel = "FILE", description = "Where to, a name that ends in .safetensors.")
    private Path to;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--pictures",
            paramLabel = "N",
            defaultValue = "512",
            converter = Range.Count.class,
            description =
                    "How many of the training pictures are looked at, drawn by --seed (default: ${DEFAULT-VALUE}).")
    private int most;

    @Mixin
    private CalibrationOptions calibration;

    @Mixin
    private BackendOptions compute;

    @Override
    public Integer call() throws IOException {
        calibration.check();
        if (!ModelFormat.of("FILE", to).equals(ModelFormat.MODEL)) {
            throw new WrongArgumentException("FILE", "a file whose name ends in .safetensors", to);
        }
        OutputFile.check("FILE", to);
        try (Model model = floats();
                DataSplit split = data.readTraining(model)) {
            compute.applyTo(model);
            ScalingText.warn(model, from, System.out);
            ImageDataset all = split.train();
            ImageDataset pictures = all.shuffled(data.seed()).take(Math.min(most, all.size()));
            try (Model quantized = model.quantize(pictures, calibration.calibration())) {
                quantized.save(to);
            }
            System.out.println("Wrote " + PrintableText.printable(FileNames.text(to)) + ", " + Files.size(to)
                    + " bytes of " + Files.size(from) + ", calibrated with " + Counted.of(pictures.size(), "picture"));
        }
        return 0;
    }

    /** Twice quantized, a model would lose twice. */
    private Model floats() throws IOException {
        try (Scope opening = new Scope()) {
            Model model = opening.own(SavedModel.load(from));
            if (!model.quantization().isEmpty()) {
                throw new WrongArgumentException(
                        "MODEL", "a model in floats", from + ", which computes in 8-bit integers already");
            }
            opening.handOver();
            return model;
        }
    }
}
