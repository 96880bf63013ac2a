package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Outputs;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.Adam;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Wrong classes are found as the paper's formulas, and cleanlab's filter, say, and where they were put on purpose. */
class ConfidentLearningTest {
    /**
     * The off-diagonal cells of the confident joint, literally from equations 1 and 2 of Northcutt et al. (2021): for
     * all pairs of classes the set of pictures, without those of which the greatest probability is the given class'.
     */
    private static Set<List<Integer>> literally(int[] given, List<float[]> p, int classes) {
        Set<List<Integer>> cells = new HashSet<>();
        double[] t = new double[classes];
        for (int j = 0; j < classes; j++) {
            int label = j;
            t[j] = IntStream.range(0, given.length)
                    .filter(x -> given[x] == label)
                    .mapToDouble(x -> p.get(x)[label])
                    .average()
                    .orElse(2);
        }
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                for (int x = 0; x < given.length; x++) {
                    float[] row = p.get(x);
                    boolean greatestOfLikely = row[j] >= t[j];
                    boolean greatestIsGiven = true;
                    for (int l = 0; l < classes; l++) {
                        greatestOfLikely &= row[l] < t[l] || row[l] <= row[j];
                        greatestIsGiven &= row[l] <= row[i];
                    }
                    if (given[x] == i && i != j && greatestOfLikely && !greatestIsGiven) {
                        cells.add(List.of(x, i, j));
                    }
                }
            }
        }
        return cells;
    }

    @Test
    void randomCasesAreAsThePaperSays() {
        int found = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int classes = 2 + random.nextInt(6);
            int count = 1 + random.nextInt(80);
            int[] labels = new int[count];
            List<float[]> rows = new ArrayList<>();
            for (int x = 0; x < count; x++) {
                // The last class is given to none in some cases.
                labels[x] = random.nextInt(Math.max(1, classes - random.nextInt(2)));
                double[] weights =
                        random.doubles(classes).map(w -> Math.exp(4 * w)).toArray();
                weights[labels[x]] *= random.nextInt(4) == 0 ? 1 : 20;
                double sum =
                        IntStream.range(0, classes).mapToDouble(c -> weights[c]).sum();
                float[] row = new float[classes];
                for (int c = 0; c < classes; c++) {
                    row[c] = (float) (weights[c] / sum);
                }
                rows.add(row);
            }
            List<ConfidentLearning.Suspect> suspects = ConfidentLearning.suspects(labels, rows);
            Set<List<Integer>> cells = new HashSet<>();
            double last = -1;
            for (ConfidentLearning.Suspect suspect : suspects) {
                cells.add(List.of(suspect.picture(), suspect.given(), suspect.suggested()));
                assertEquals(labels[suspect.picture()], suspect.given());
                float[] row = rows.get(suspect.picture()).clone();
                double own = row[suspect.given()];
                row[suspect.given()] = -1;
                double other = IntStream.range(0, classes)
                        .mapToDouble(c -> row[c])
                        .max()
                        .orElseThrow();
                assertEquals(own - other, suspect.margin(), 1e-7);
                assertTrue(suspect.margin() >= last, "the likeliest first");
                last = suspect.margin();
            }
            assertEquals(literally(labels, rows, classes), cells, "seed " + seed);
            assertEquals(cells.size(), suspects.size(), "each once");
            found += suspects.size();
        }
        assertTrue(found > 500, "there was something to find: " + found);
    }

    /** Pictures of which one of four quarters is brighter, but for noise. */
    private static ImageDataset quarters(int count, long seed) {
        Random random = new Random(seed);
        int[] labels = random.ints(count, 0, 4).toArray();
        return ImageDataset.of(
                "quarters",
                Shape.of(1, 16, 16),
                Targets.ofClasses(List.of("upper left", "upper right", "lower left", "lower right"), labels),
                (i, pixels) -> {
                    for (int p = 0; p < 256; p++) {
                        boolean inside = p / 128 * 2 + p % 16 / 8 == labels[i];
                        double level = (inside ? 118 : 100) + 45 * random.nextGaussian();
                        pixels.set(p, (byte) Math.clamp(Math.round(level), 0, 255));
                    }
                });
    }

    /** One in ten of the pictures to be tested with is given another class; the network learns from right ones. */
    @Test
    void classesGivenWronglyAreFound() {
        try (ImageDataset train = quarters(600, 1);
                ImageDataset test = quarters(500, 2);
                Model model = Model.sequential(Shape.of(1, 16, 16), new Flatten(), new Dense(4, Activation.SOFTMAX))
                        .backend(BackendChoice.JAVA, Threads.of(1))
                        .compile(new Adam(0.003), new CategoricalCrossentropy())) {
            model.fit(train, Fit.epochs(8));
            Random random = new Random(1);
            Set<Integer> wrong = new TreeSet<>();
            int[] labels = new int[test.size()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = test.label(i);
                if (random.nextInt(10) == 0) {
                    labels[i] = (labels[i] + 1 + random.nextInt(3)) % 4;
                    wrong.add(i);
                }
            }
            List<ConfidentLearning.Suspect> suspects = ConfidentLearning.suspects(
                    labels, model.predict(test).probabilities().outputs());
            long right =
                    suspects.stream().filter(s -> wrong.contains(s.picture())).count();
            long named = suspects.stream()
                    .filter(s -> wrong.contains(s.picture()) && s.suggested() == test.label(s.picture()))
                    .count();
            // Suspect is only what the model is surer of than on the mean.
            assertTrue(right > 0.5 * wrong.size(), right + " found of " + wrong.size());
            assertTrue(right > 0.7 * suspects.size(), right + " of " + suspects.size() + " suspects are wrong");
            assertTrue(named > 0.9 * right, named + " of " + right + " with the right class");
        }
    }

    @Test
    void whatCannotBeJudgedIsRefused() {
        assertEquals(List.of(), ConfidentLearning.suspects(new int[0], List.of()));
        assertRefused("got 2 and 1", new int[] {0, 1}, new float[] {1, 0});
        assertRefused("got 2 of picture 0", new int[] {2}, new float[] {1, 0});
        assertRefused("got 1 of picture 1", new int[] {0, 0}, new float[] {1, 0}, new float[] {1});
        assertRefused("logits need a softmax", new int[] {0}, new float[] {3, -2});
        assertRefused("got NaN", new int[] {0}, new float[] {Float.NaN, 0});
    }

    private static void assertRefused(String part, int[] labels, float[]... rows) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> ConfidentLearning.suspects(labels, List.of(rows)))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Both parts are looked at together, and each picture is named by its own part and index. */
    @Test
    void suspectsOfTwoPartsAreNamedByTheirOwn() {
        float[][] rows = {{0.9f, 0.1f}, {0.2f, 0.8f}, {0.95f, 0.05f}, {0.1f, 0.9f}, {0.97f, 0.03f}};
        int[] labels = {0, 1, 0, 1, 1};
        try (ImageDataset all = ImageDataset.of(
                "two", Shape.of(1, 1, 1), Targets.ofClasses(List.of("a", "b"), labels), (i, p) -> p.fill((byte) i))) {
            List<AskedPart> parts = List.of(
                    part("validation", all.take(2), rows[0], rows[1]),
                    part("test", all.skip(2), rows[2], rows[3], rows[4]));
            List<SuspectPictures.Found> found = SuspectPictures.of(parts).suspects();
            assertEquals(1, found.size());
            assertEquals("test", found.getFirst().part().name());
            assertEquals(2, found.getFirst().picture().picture());
            assertEquals(
                    "a", found.getFirst().className(found.getFirst().picture().suggested()));
        }
    }

    private static AskedPart part(String name, ImageDataset pictures, float[]... rows) {
        return new AskedPart(
                name,
                pictures,
                new Predictions(List.of(rows), pictures.targets().spec(), Outputs.PROBABILITIES));
    }
}
