package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Inference;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Add;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.Padding;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code x + conv(x)} where nothing else reads x: the sum is not added up over what the convolution still reads. */
class ResidualSumTest {
    private static final Shape PICTURE = Shape.of(3, 8, 8);
    private static final int PICTURES = 6;

    private static Model model(String backend, int channels, int kernel) {
        Flow x = Flow.input(3, 8, 8).then(new Conv2D(channels, 1));
        Flow y = Flow.join(new Add(), x, x.then(new Conv2D(channels, kernel).padding(Padding.SAME)));
        Model model = Model.of(y.through(new Flatten(), new Dense(4)))
                .seed(3)
                .backend(BackendChoice.of(backend), Threads.of(2));
        model.compile(new SGD(0.1), new CategoricalCrossentropy(true));
        return model;
    }

    private static ImageDataset pictures() {
        Random random = new Random(8);
        byte[] pixels = new byte[(int) PICTURE.elements() * PICTURES];
        random.nextBytes(pixels);
        int[] labels = IntStream.range(0, PICTURES).map(i -> i % 4).toArray();
        long size = PICTURE.elements();
        return ImageDataset.of(
                "noise",
                PICTURE,
                List.of("a", "b", "c", "d"),
                labels,
                (index, target) -> target.copyFrom(MemorySegment.ofArray(pixels).asSlice(index * size, size)));
    }

    @ParameterizedTest
    @CsvSource({"8, 3", "32, 3", "8, 1", "96, 1", "128, 1"})
    void everyWayToAnswerAddsTheSame(int channels, int kernel) {
        try (ImageDataset data = pictures();
                Model java = model("java", channels, kernel);
                Model onednn = model("onednn", channels, kernel)) {
            List<float[]> want = java.predict(data).outputs();
            List<List<float[]>> got =
                    new ArrayList<>(List.of(onednn.predict(data).outputs()));
            List<byte[]> raw = IntStream.range(0, PICTURES)
                    .mapToObj(data::pixels)
                    .map(pixels -> pixels.toArray(ValueLayout.JAVA_BYTE))
                    .toList();
            for (Inference.Mode mode : Inference.Mode.values()) {
                try (Inference inference = onednn.inference(mode, PICTURES)) {
                    got.add(inference.predict(raw).outputs());
                }
            }
            for (List<float[]> answers : got) {
                for (int i = 0; i < PICTURES; i++) {
                    // Sums of up to 8,192 products of numbers around 1, in another order.
                    assertArrayEquals(want.get(i), answers.get(i), 1e-4f, "picture " + i);
                }
            }
            assertEquals(java.evaluate(data).loss(), onednn.evaluate(data).loss(), 1e-4);
        }
    }
}
