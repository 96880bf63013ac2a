package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.Normalization;
import dev.thalweg.inference.Predictions;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The ten thousand test pictures of CIFAR-10's JPEG copy, and what models answer about them. */
final class CifarPictures {
    static final int CLASSES = 10;
    static final int PICTURES = 10_000;
    /** What PyTorch's model was trained with, ImageNet's statistics. */
    static final Normalization NORMALIZATION =
            new Normalization(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

    private CifarPictures() {}

    /**
     * How a model fares.
     *
     * @param right how many pictures it tells rightly
     * @param rightOfTruth how many the truth does
     * @param worst the largest difference of a logit
     */
    record Answers(int right, int rightOfTruth, double worst) {}

    /** A file that {@code THALWEG_TEST_MODELS} has. */
    static Path model(String name) {
        return Path.of(System.getenv("THALWEG_TEST_MODELS")).resolve(name);
    }

    /** Unpacks the archive that {@code THALWEG_TEST_CIFAR10_JPEG} names. */
    static void unpack(Path directory) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder(
                                "tar", "-xzf", System.getenv("THALWEG_TEST_CIFAR10_JPEG"), "-C", directory.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
    }

    /**
     * Asks a model about all pictures, files sorted within a class.
     *
     * @param directory of the unpacked archive
     * @param logits the model, which ends in logits
     * @param truth the logits expected, of one picture after the other
     */
    static Answers answers(Path directory, Model logits, FloatBuffer truth) throws IOException {
        try (DataSplit data =
                ImageFolder.of(directory).imageShape(Shape.of(3, 32, 32)).read()) {
            ImageDataset test = data.test();
            assertEquals(PICTURES, test.size());
            Predictions predictions = logits.predict(test);
            int right = 0;
            int rightOfTruth = 0;
            double worst = 0;
            for (int i = 0; i < PICTURES; i++) {
                float[] got = predictions.outputs().get(i);
                float[] expected = new float[CLASSES];
                truth.get(i * CLASSES, expected);
                for (int k = 0; k < CLASSES; k++) {
                    worst = Math.max(worst, Math.abs(got[k] - expected[k]));
                }
                int label = test.targets().classes().orElseThrow().label(i);
                right += best(got) == label ? 1 : 0;
                rightOfTruth += best(expected) == label ? 1 : 0;
            }
            return new Answers(right, rightOfTruth, worst);
        }
    }

    /** The class of the greatest output. */
    static int best(float[] logits) {
        int best = 0;
        for (int k = 0; k < logits.length; k++) {
            best = logits[k] > logits[best] ? k : best;
        }
        return best;
    }

    /** A file of NumPy's {@code .npy} format: its header's length stands at byte 8, the numbers behind it. */
    static FloatBuffer numbers(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.position(10 + bytes.getShort(8))
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }
}
