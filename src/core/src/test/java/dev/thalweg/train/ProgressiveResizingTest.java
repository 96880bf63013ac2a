package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Batch;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Network;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressiveResizingTest {
    private static final DataSplit DATA = ShapesDataset.generate(60, 20, 1);
    private static final int SIDE = 32;
    private static final int EPOCHS = 4;
    private static final ProgressiveResizing GROWING = new ProgressiveResizing(EPOCHS, 0.5, 0.25);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model(Shape picture, String backend, Layer... end) {
        List<Layer> layers =
                new ArrayList<>(List.of(new Conv2D(6, 3, Activation.RELU), new BatchNormalization(), new Conv2D(6, 3)));
        layers.addAll(List.of(end));
        layers.add(new Dense(10, Activation.SOFTMAX));
        return Model.of(Network.sequential(picture, layers))
                .seed(3)
                .backend(BackendChoice.of(backend), Threads.of(1))
                .compile(new SGD(0.1).momentum(0.9), new CategoricalCrossentropy());
    }

    private static Model model() {
        return model(DATA.train().imageShape(), "java", new GlobalAveragePooling2D());
    }

    private static Fit fit(int epochs) {
        return Fit.epochs(epochs).batchSize(16).seed(5).resizing(GROWING);
    }

    private static Map<String, List<Integer>> bits(Model model) {
        Map<String, List<Integer>> bits = new LinkedHashMap<>();
        model.weights()
                .forEach((name, values) -> bits.put(
                        name,
                        IntStream.range(0, values.length)
                                .mapToObj(i -> Float.floatToIntBits(values[i]))
                                .toList()));
        return bits;
    }

    /** From a half on in a straight line, whole from three quarters on, by hand. */
    @Test
    void sidesGrowInAStraightLineToTheWhole() {
        ProgressiveResizing sizes = new ProgressiveResizing(8, 0.5, 0.25);
        Shape whole = Shape.of(3, 30, 60);
        List<Integer> heights = IntStream.rangeClosed(1, 10)
                .mapToObj(epoch -> sizes.shape(epoch, whole).dim(1))
                .toList();
        assertEquals(List.of(15, 18, 20, 23, 25, 28, 30, 30, 30, 30), heights);
        assertEquals(Shape.of(3, 15, 30), sizes.shape(1, whole));
        assertEquals(new ProgressiveResizing(9, 0.5, 1.0 / 3), new ProgressiveResizing(9, 0.5));
        assertEquals(Shape.of(1, 1, 1), new ProgressiveResizing(9, 0.01).shape(1, Shape.of(1, 20, 8)));
    }

    /** A step on half the size is one of the network of that size on pictures that were made smaller before. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aStepIsThatOfTheSameNetworkOnSmallerPictures(String backend) {
        ImageDataset pictures = DATA.train();
        Shape small = Shape.of(3, SIDE / 2, SIDE / 2);
        float[] images = new float[pictures.size() * small.arrayLength()];
        float[] targets = new float[pictures.size() * 10];
        for (int i = 0; i < pictures.size(); i++) {
            float[] halved = halved(pictures.pixels(i).toArray(ValueLayout.JAVA_BYTE));
            System.arraycopy(halved, 0, images, i * halved.length, halved.length);
            targets[i * 10 + pictures.label(i)] = 1;
        }
        try (Model whole = model(pictures.imageShape(), backend, new GlobalAveragePooling2D());
                Model half = model(small, backend, new GlobalAveragePooling2D())) {
            half.weights(whole.weights());
            float loss = half.trainOnBatch(Batch.of(pictures.size(), images, targets));
            History history = whole.fit(
                    pictures,
                    Fit.epochs(1).batchSize(pictures.size()).shuffle(false).resizing(GROWING));
            assertEquals(loss, history.epochs().getFirst().loss(), 1e-5);
            // Sums of 60 pictures in another order, through a rate of 0.1.
            half.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, whole.weights().get(name), 1e-5f, name));
        }
    }

    /** One pixel of four along each axis, weighted 1 3 3 1; two at the edges are missing: literally, in double. */
    private static float[] halved(byte[] bytes) {
        int half = SIDE / 2;
        float[] halved = new float[3 * half * half];
        double[] weights = {1, 3, 3, 1};
        for (int at = 0; at < halved.length; at++) {
            int channel = at / (half * half);
            int y = at / half % half;
            int x = at % half;
            double sum = 0;
            double whole = 0;
            for (int k = 0; k < 16; k++) {
                int row = 2 * y - 1 + k / 4;
                int column = 2 * x - 1 + k % 4;
                if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) {
                    double weight = weights[k / 4] * weights[k % 4];
                    whole += weight;
                    sum += weight * (bytes[(channel * SIDE + row) * SIDE + column] & 0xff) / 255;
                }
            }
            halved[at] = (float) (sum / whole);
        }
        return halved;
    }

    @Test
    void callsOfAnEpochAndResumedOnesComeToTheSameBits() {
        try (Model once = model();
                Model often = model();
                Model first = model();
                Model resumed = model();
                Model plain = model()) {
            once.fit(DATA.train(), fit(EPOCHS));
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                often.fit(DATA.train(), fit(1));
            }
            assertEquals(bits(once), bits(often));
            first.fit(DATA.train(), fit(2).callbacks(new ModelCheckpoint(directory, 1)));
            resumed.fit(DATA.train(), fit(EPOCHS).resume(directory));
            assertEquals(bits(once), bits(resumed));
            plain.fit(DATA.train(), Fit.epochs(EPOCHS).batchSize(16).seed(5));
            assertNotEquals(bits(once), bits(plain));
            String refusal = assertThrows(
                            IllegalArgumentException.class,
                            () -> plain.fit(
                                    DATA.train(),
                                    Fit.epochs(EPOCHS).batchSize(16).seed(5).resume(directory)))
                    .getMessage();
            assertTrue(refusal.contains("resizing: got ProgressiveResizing[epochs=4"), refusal);
        }
    }

    /** What follows a training is of whole pictures, also where it ended on smaller ones. */
    @Test
    void whatComesAfterIsOfWholePictures() {
        try (Model model = model()) {
            model.fit(DATA.train(), fit(1));
            model.evaluate(DATA.test());
            float[] images = new float[2 * model.network().input().arrayLength()];
            Arrays.fill(images, 0.5f);
            float[] targets = new float[20];
            targets[3] = 1;
            targets[13] = 1;
            assertTrue(model.trainOnBatch(Batch.of(2, images, targets)) > 0);
        }
    }

    @Test
    void networksOfOneSizeAreRefused() {
        try (Model flat = model(DATA.train().imageShape(), "java", new Flatten())) {
            String message = assertThrows(ShapeException.class, () -> flat.fit(DATA.train(), fit(1)))
                    .getMessage();
            assertTrue(message.contains("would be") && message.contains("GlobalAveragePooling2D"), message);
        }
        try (Model deep = model()) {
            assertThrows(
                    ShapeException.class,
                    () -> deep.fit(DATA.train(), Fit.epochs(1).resizing(new ProgressiveResizing(2, 0.1))));
        }
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        for (double scale : new double[] {0, -1, 1.01, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new ProgressiveResizing(3, scale));
        }
        for (double share : new double[] {-0.1, 1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new ProgressiveResizing(3, 0.5, share));
        }
        assertThrows(IllegalArgumentException.class, () -> new ProgressiveResizing(0, 0.5));
    }
}
