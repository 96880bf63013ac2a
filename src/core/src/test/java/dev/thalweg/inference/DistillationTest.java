package dev.thalweg.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.MixBuffer;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Network;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a teacher makes of targets, against what it says of the same pictures by itself. */
class DistillationTest {
    private static final Normalization STUDENTS = new Normalization(List.of(0.5f, 0.4f, 0.3f), List.of(0.2f, 0.3f, 1f));
    /** Scaled to and fro in 32-bit floats. */
    private static final float TOLERANCE = 1e-5f;

    private static Model model(DataSplit data, Activation last, long seed) {
        Shape picture = data.test().imageShape();
        return Model.of(Network.sequential(
                        picture,
                        List.of(
                                new Flatten(),
                                new Dense(data.test().classNames().size(), last))))
                .seed(seed)
                .backend(BackendChoice.of("java"), Threads.of(1));
    }

    private static float[] normalized(ImageDataset data, int index, Normalization by) {
        byte[] bytes = data.pixels(index).toArray(ValueLayout.JAVA_BYTE);
        float[] floats = new float[bytes.length];
        int plane = bytes.length / 3;
        for (int p = 0; p < floats.length; p++) {
            floats[p] = ((bytes[p] & 0xff) / 255f - by.mean().get(p / plane))
                    / by.std().get(p / plane);
        }
        return floats;
    }

    /** Of seven pictures, which no batch size of the teacher divides; of probabilities and of logits. */
    @ParameterizedTest
    @ValueSource(strings = {"SOFTMAX", "LINEAR"})
    void targetsAreMixedWithWhatTheTeacherSays(String last) {
        try (DataSplit data = ShapesDataset.generate(1, 7, 3);
                Model model = model(data, Activation.valueOf(last), 5);
                Inference teacher = model.inference(Inference.Mode.LATENCY, 4, 2)) {
            int classes = data.test().classNames().size();
            List<float[]> said = model.predict(data.test()).probabilities().outputs();
            Shape picture = data.test().imageShape();
            float[] images = new float[7 * picture.arrayLength()];
            float[] targets = new float[7 * classes];
            for (int i = 0; i < 7; i++) {
                System.arraycopy(
                        normalized(data.test(), i, STUDENTS),
                        0,
                        images,
                        i * picture.arrayLength(),
                        picture.arrayLength());
                targets[i * classes + data.test().label(i)] = 1;
            }
            new Distillation("a teacher", teacher, STUDENTS, 0.25)
                    .apply(
                            new MixBuffer(
                                    7, picture, MemorySegment.ofArray(images), List.of(MemorySegment.ofArray(targets))),
                            new SplittableRandom(1));
            for (int i = 0; i < 7; i++) {
                for (int k = 0; k < classes; k++) {
                    float hard = k == data.test().label(i) ? 1 : 0;
                    assertEquals(0.75f * hard + 0.25f * said.get(i)[k], targets[i * classes + k], TOLERANCE);
                }
            }
        }
    }

    /** Without labels of its own: targets are the teacher's alone, so what is learnt is what it says. */
    @Test
    void aStudentLearnsWhatItsTeacherSays() {
        try (DataSplit data = ShapesDataset.generate(200, 50, 3);
                Model master = model(data, Activation.SOFTMAX, 1);
                Model student = model(data, Activation.SOFTMAX, 2)) {
            master.compile(new SGD(0.05), new CategoricalCrossentropy()).fit(data.train(), Fit.epochs(20));
            int[] wrong = new int[data.train().size()];
            ImageDataset unlabelled = ImageDataset.of(
                    "unlabelled",
                    data.train().imageShape(),
                    data.train().classNames(),
                    wrong,
                    (i, pixels) -> pixels.copyFrom(data.train().pixels(i)));
            student.compile(new SGD(0.05), new CategoricalCrossentropy());
            try (Inference teacher = master.inference(Inference.Mode.LATENCY, 32)) {
                Distillation all = new Distillation("master", teacher, student.normalization(), 1);
                student.fit(unlabelled, Fit.epochs(60).augmentations(new Augmentation[] {all}));
            }
            List<float[]> its = master.predict(data.train()).outputs();
            List<float[]> learnt = student.predict(data.train()).outputs();
            int same = 0;
            for (int i = 0; i < its.size(); i++) {
                same += most(its.get(i)) == most(learnt.get(i)) ? 1 : 0;
            }
            // Labels alone would have it say the first class, as the teacher does of a tenth or so.
            assertTrue(same > its.size() * 3 / 4, same + " of " + its.size());
            unlabelled.close();
        }
    }

    private static int most(float... row) {
        int most = 0;
        for (int k = 1; k < row.length; k++) {
            most = row[k] > row[most] ? k : most;
        }
        return most;
    }

    @Test
    void otherPicturesAndTargetsAreRefused() {
        try (DataSplit data = ShapesDataset.generate(1, 7, 3);
                Model model = model(data, Activation.SOFTMAX, 5);
                Inference teacher = model.inference(Inference.Mode.LATENCY, 1)) {
            assertThrows(IllegalArgumentException.class, () -> new Distillation("t", teacher, STUDENTS, 0));
            assertThrows(IllegalArgumentException.class, () -> new Distillation(" ", teacher, STUDENTS, 1));
            assertThrows(
                    IllegalArgumentException.class, () -> new Distillation("t", teacher, Normalization.unit(1), 1));
            Distillation one = new Distillation("t", teacher, STUDENTS, 1);
            assertEquals("Distillation[t, 1.0]", one.toString());
            MixBuffer small = new MixBuffer(
                    1,
                    Shape.of(3, 2, 2),
                    MemorySegment.ofArray(new float[12]),
                    List.of(MemorySegment.ofArray(new float[3])));
            assertThrows(ShapeException.class, () -> one.apply(small, new SplittableRandom(1)));
            Shape picture = data.test().imageShape();
            MixBuffer many = new MixBuffer(
                    1,
                    picture,
                    MemorySegment.ofArray(new float[picture.arrayLength()]),
                    List.of(MemorySegment.ofArray(new float[99])));
            assertThrows(ShapeException.class, () -> one.apply(many, new SplittableRandom(1)));
        }
    }
}
