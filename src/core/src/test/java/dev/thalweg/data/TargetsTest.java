package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TargetsTest {
    private static final Shape PICTURE = Shape.of(1, 1, 2);

    private static final ClassTargets CLASSES = Targets.ofClasses(List.of("a", "b", "c"), 2, 0, 1, 2);
    private static final MultiLabelTargets LABELS = Targets.ofMultiLabels(
            List.of("sky", "sea"), List.of(List.of("sea"), List.of(), List.of("sea", "sky"), List.of()));
    private static final RegressionTargets NUMBERS = Targets.ofRegression(
            List.of(), new float[] {1, 2.5f, -3}, new float[] {0, 0, 0}, new float[] {4, 5, 6}, new float[] {7, 8, 9});

    private static final float[][] ONE_HOT = {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    private static final float[][] HAS = {{0, 1}, {0, 0}, {1, 1}, {0, 0}};
    private static final float[][] VALUES = {{1, 2.5f, -3}, {0, 0, 0}, {4, 5, 6}, {7, 8, 9}};

    private static ImageDataset data(Targets targets) {
        return ImageDataset.of("t", PICTURE, targets, (i, pixels) -> pixels.fill((byte) i));
    }

    private static void rows(Targets targets, float[][] expected) {
        assertEquals(expected.length, targets.size());
        assertEquals(expected[0].length, targets.outputs());
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], targets.row(i));
        }
        assertArrayEquals(expected[2], targets.select(2, 2, 0).row(1));
        assertArrayEquals(expected[0], targets.select(2, 2, 0).row(2));
    }

    @Test
    void eachKindGivesRowsOfNumbers() {
        rows(CLASSES, ONE_HOT);
        rows(LABELS, HAS);
        rows(NUMBERS, VALUES);
        assertTrue(LABELS.has(2, 0));
    }

    @Test
    void batchesCarryTheRowsOfEachKindInTheOrderOfThePictures() {
        check(CLASSES, ONE_HOT);
        check(LABELS, HAS);
        check(NUMBERS, VALUES);
    }

    private static void check(Targets targets, float[][] expected) {
        try (ImageDataset data = data(targets);
                BatchLoader loader = new BatchLoader(data, 3, Normalization.unit(1))) {
            loader.start(new RandomSampler(), 5, 0, 0);
            int seen = 0;
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                float[] all = batch.targets().toArray(ValueLayout.JAVA_FLOAT);
                int outputs = expected[0].length;
                assertEquals(batch.size() * outputs, all.length);
                for (int i = 0; i < batch.size(); i++) {
                    // Picture i is of bytes i.
                    int which = Math.round(batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i) * 255);
                    assertArrayEquals(expected[which], batch.target(i));
                    for (int o = 0; o < outputs; o++) {
                        assertEquals(expected[which][o], all[i * outputs + o]);
                    }
                    seen++;
                }
            }
            assertEquals(4, seen);
            assertNull(loader.next());
        }
    }

    @Test
    void mixingMixesRowsOfEachKind() {
        for (Targets targets : List.of(CLASSES, LABELS, NUMBERS)) {
            try (ImageDataset data = data(targets);
                    BatchLoader loader = new BatchLoader(data, 4, Normalization.unit(1), List.of(new MixUp(1)), null)) {
                loader.start(new RandomSampler(), 1, 0, 0);
                Batch batch = loader.next();
                float[] mixed = batch.targets().toArray(ValueLayout.JAVA_FLOAT);
                float[] images = batch.images().toArray(ValueLayout.JAVA_FLOAT);
                // Each column of the targets is mixed as the pictures are: bytes 0 to 3 say by how much of which.
                double images0 = 0;
                for (int i = 0; i < 4; i++) {
                    images0 += images[2 * i] * 255;
                }
                assertEquals(0 + 1 + 2 + 3, images0, 1e-3);
                for (int o = 0; o < targets.outputs(); o++) {
                    double sum = 0;
                    double plain = 0;
                    for (int i = 0; i < 4; i++) {
                        sum += mixed[i * targets.outputs() + o];
                        plain += targets.row(i)[o];
                    }
                    // Partners are a permutation, so that a column keeps its sum but for rounding.
                    assertEquals(plain, sum, 1e-4);
                }
            }
        }
    }

    @Test
    void questionsForClassesAreRefusedByTheOtherKinds() {
        for (Targets targets : List.of(LABELS, NUMBERS)) {
            try (ImageDataset data = data(targets);
                    BatchLoader loader = new BatchLoader(data, 4, Normalization.unit(1))) {
                loader.start();
                Batch batch = loader.next();
                for (String message : Stream.<Executable>of(
                                () -> data.label(0),
                                data::classNames,
                                data::counts,
                                () -> batch.label(0),
                                () -> data.withClasses(List.of("a")))
                        .map(question -> assertThrows(IllegalStateException.class, question)
                                .getMessage())
                        .toList()) {
                    assertTrue(message.contains("no class for each picture, but " + targets), message);
                }
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new BatchLoader(data, 4, Normalization.unit(1), List.of(), new float[targets.outputs()]));
            }
        }
    }

    @Test
    void whatIsNoTargetIsRefused() {
        List<String> ab = List.of("a", "b");
        for (var wrong : List.<Executable>of(
                () -> Targets.ofClasses(ab, 0, 2),
                () -> Targets.ofClasses(ab, -1),
                () -> Targets.ofClasses(List.of("\u0007"), 0),
                () -> Targets.ofMultiLabels(ab, new float[] {0, 0.5f}),
                () -> Targets.ofMultiLabels(ab, new float[] {0, 1, 0}),
                () -> Targets.ofMultiLabels(ab, List.of(List.of("c"))),
                () -> Targets.ofRegression(ab, new float[] {1}),
                () -> Targets.ofRegression(List.of(), new float[] {1}, new float[] {1, 2}),
                () -> Targets.ofRegression(List.of(), new float[] {Float.NaN}),
                () -> Targets.ofRegression(List.of(), new float[0]),
                () -> data(Targets.ofRegression(List.of())))) {
            assertThrows(IllegalArgumentException.class, wrong);
        }
    }

    @Test
    void givenRowsAreCopied() {
        float[] row = {1, 2};
        RegressionTargets targets = Targets.ofRegression(List.of(), row);
        row[0] = 9;
        targets.row(0)[0] = 9;
        assertArrayEquals(new float[] {1, 2}, targets.row(0));
    }

    @Test
    void fingerprintsTellTargetsApart() {
        float[][] bits = {{0, 1}, {1, 0}};
        List<Targets> all = List.of(
                Targets.ofClasses(List.of("x", "y"), 1, 0),
                Targets.ofMultiLabels(List.of("x", "y"), bits),
                Targets.ofRegression(List.of("x", "y"), bits),
                Targets.ofRegression(List.of("x", "y"), new float[] {0, 1}, new float[] {1, 0.5f}));
        List<String> prints = all.stream()
                .map(targets -> {
                    try (ImageDataset data = data(targets)) {
                        return data.fingerprint();
                    }
                })
                .toList();
        assertEquals(prints.size(), prints.stream().distinct().count(), prints.toString());
    }
}
