package dev.thalweg.serve;

import dev.thalweg.Model;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** A network that knows dark pictures from light ones, and files of it. */
final class TestModels {
    static final Shape PICTURE = Shape.of(3, 8, 8);

    private TestModels() {}

    /**
     * A model that says how much more of the light there is than of the dark: the score of light is so many times the
     * mean of all bytes, scaled to 0 to 1, and that of dark half of the factor.
     */
    static Model model(float factor) {
        Network network = Network.sequential(
                PICTURE, List.of(new Conv2D(1, 1), new GlobalAveragePooling2D(), new Dense(2, Activation.SOFTMAX)));
        Model model = Model.of(network);
        Map<String, float[]> weights = new HashMap<>(model.weights());
        weights.replaceAll((name, old) -> {
            float[] values = new float[old.length];
            if (name.endsWith("conv2d.kernel")) {
                Arrays.fill(values, 1f / 3);
            }
            return values;
        });
        weights.put("dense.kernel", new float[] {0, factor});
        weights.put("dense.bias", new float[] {factor / 2, 0});
        model.weights(weights);
        return model.targets("dense", new TargetSpec(TargetKind.CLASSES, List.of("dark", "light")));
    }

    /** Writes it to a file, also into directories that are not there yet. */
    static Path write(Path file, float factor) throws IOException {
        Files.createDirectories(file.getParent());
        try (Model model = model(factor)) {
            model.save(file);
        }
        return file;
    }

    /** Writes a model that answers everything by what is no number: its sums are beyond what floats hold. */
    static Path writeOverflowing(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (Model model = model(1)) {
            Map<String, float[]> weights = new HashMap<>(model.weights());
            weights.put("conv2d.bias", new float[] {1e30f});
            weights.put("dense.kernel", new float[] {1e30f, 1e30f});
            model.weights(weights);
            model.save(file);
        }
        return file;
    }

    /** A picture of one grey, larger than the network's. */
    static byte[] png(int grey) {
        BufferedImage image = new BufferedImage(20, 16, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(grey, grey, grey));
        graphics.fillRect(0, 0, 20, 16);
        graphics.dispose();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return file.toByteArray();
    }

    /** By hand: the softmax of the two scores. */
    static double light(float factor, double grey) {
        return 1 / (1 + Math.exp(factor * (0.5 - grey / 255)));
    }
}
