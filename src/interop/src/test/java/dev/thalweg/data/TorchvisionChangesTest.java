package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.interop.Python;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How pictures are changed, beside how torchvision changes them by Pillow. */
class TorchvisionChangesTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void askTorchvision() throws Exception {
        Python python = new Python(directory);
        assumeTrue(python.has("torchvision", "PIL"), "Debian's python3-torchvision and -pil are not installed");
        python.run(TorchvisionChangesTest.class, "augmentations.py", directory.toString());
    }

    /** A line of a table: what was done to a picture, which is what came out. */
    private record Case(String line, PixelBuffer picture, byte[] expected, String... fields) {
        /** How far off a picture is at most, in levels. */
        double difference() {
            double greatest = 0;
            for (int i = 0; i < expected.length; i++) {
                greatest = Math.max(greatest, Math.abs((expected[i] & 0xff) - picture.pixels[i]));
            }
            return greatest;
        }
    }

    private static List<String> lines(String table) throws IOException {
        return Files.readAllLines(directory.resolve(table + ".tsv"));
    }

    private static List<Case> cases(String table) throws IOException {
        List<String> lines = lines(table);
        return IntStream.range(0, lines.size())
                .mapToObj(i -> {
                    String[] fields = lines.get(i).split("\t", -1);
                    PixelBuffer picture = new PixelBuffer(
                            Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
                    byte[] before = read(fields[0]);
                    for (int p = 0; p < before.length; p++) {
                        picture.pixels[p] = before[p] & 0xff;
                    }
                    return new Case(
                            lines.get(i), picture, read(table + "-" + i), Arrays.copyOfRange(fields, 4, fields.length));
                })
                .toList();
    }

    private static byte[] read(String file) {
        try {
            return Files.readAllBytes(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pillow rounds after either direction: two halves of a level, and what floats lose. */
    @Test
    void partsAreEnlargedAsByPillow() throws IOException {
        List<Case> cases = cases("crops");
        assertEquals(2 * 7 * 4 * 6, cases.size());
        for (Case one : cases) {
            int[] box = Arrays.stream(one.fields).mapToInt(Integer::parseInt).toArray();
            new CropBox(box[0], box[1], box[2], box[3]).enlarge(one.picture);
            assertEquals(0, one.difference(), 1.001, one.line);
        }
    }

    /** Each of the fourteen, at five magnitudes to either side, in all pictures: not a level differs. */
    @Test
    void picturesAreChangedAsByTorchvision() throws IOException {
        List<Case> cases = cases("changes");
        assertEquals(2 * 7 * 4 * (9 * 10 + 2 * 5 + 3), cases.size());
        for (Case one : cases) {
            change(one.fields[0]).apply(one.picture, Double.parseDouble(one.fields[1]));
            assertEquals(0, one.difference(), one.line);
        }
    }

    private static PictureChange change(String name) {
        return Stream.of(GeometricChange.values(), ColorChange.values(), LevelChange.values())
                .<PictureChange>flatMap(Arrays::stream)
                .filter(change -> change.toString().replace("_", "").equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Each number but for the last bit of a float, in which the vectors of PyTorch differ from its own formula, and the
     * same number of whole pixels to move by.
     */
    @Test
    void changesAreAsStrongAsInTorchvision() throws IOException {
        List<String> lines = lines("spaces");
        assertEquals(10 * 2 * 14, lines.size());
        for (String line : lines) {
            String[] fields = line.split("\t", -1);
            ChangeSpace space = fields[0].equals("wide") ? ChangeSpace.WIDE : ChangeSpace.NARROW;
            PictureChange change = change(fields[3]);
            assertEquals(fields[4].equals("True"), change.isSigned(), line);
            assertTrue(fields.length == 5 || fields.length == 5 + ChangeSpace.STEPS, line);
            for (int i = 5; i < fields.length; i++) {
                double got = space.magnitude(change, i - 5, Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
                double expected = Double.parseDouble(fields[i]);
                assertEquals(expected, got, Math.ulp((float) expected), line + ", number " + (i - 5));
                assertTrue(!fields[3].startsWith("Translate") || (int) got == (int) expected, line + ": " + got);
            }
        }
    }

    /**
     * Kolmogorov's and Smirnov's distance of what is drawn here and there. It is beyond {@code 1.95 √(2/n)} in one of a
     * thousand comparisons of samples of n from one distribution; both seeds are fixed.
     */
    @Test
    void partsAreDrawnAsByTorchvision() throws IOException {
        List<String> lines = lines("boxes");
        assertEquals(4, lines.size());
        for (int k = 0; k < lines.size(); k++) {
            double[] fields = Arrays.stream(lines.get(k).split("\t", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            RandomResizedCrop crop = new RandomResizedCrop(fields[2], fields[3], fields[4], fields[5]);
            float[] theirs = new Python(directory).floats("boxes-" + k);
            int count = theirs.length / 4;
            float[] ours = new float[theirs.length];
            SplittableRandom random = new SplittableRandom(17);
            for (int i = 0; i < count; i++) {
                CropBox box = crop.box((int) fields[0], (int) fields[1], random);
                assertTrue(box.left() + box.width() <= fields[0] && box.top() + box.height() <= fields[1]);
                ours[4 * i] = box.left();
                ours[4 * i + 1] = box.top();
                ours[4 * i + 2] = box.width();
                ours[4 * i + 3] = box.height();
            }
            for (String what : List.of("left", "top", "area", "ratio")) {
                double distance = distance(column(ours, what), column(theirs, what));
                assertTrue(distance < 1.95 * Math.sqrt(2.0 / count), what + " of " + lines.get(k) + ": " + distance);
            }
        }
    }

    private static double[] column(float[] boxes, String what) {
        return IntStream.iterate(0, i -> i < boxes.length, i -> i + 4)
                .mapToDouble(i -> switch (what) {
                    case "left" -> boxes[i];
                    case "top" -> boxes[i + 1];
                    case "area" -> boxes[i + 2] * boxes[i + 3];
                    default -> boxes[i + 2] / boxes[i + 3];
                })
                .sorted()
                .toArray();
    }

    /** {@return the greatest distance of two distribution functions, of samples in order} */
    private static double distance(double[] a, double[] b) {
        double greatest = 0;
        int j = 0;
        for (int i = 0; i < a.length; i++) {
            if (i + 1 < a.length && a[i + 1] == a[i]) {
                continue;
            }
            while (j < b.length && b[j] <= a[i]) {
                j++;
            }
            greatest = Math.max(greatest, Math.abs((i + 1.0) / a.length - (double) j / b.length));
        }
        return greatest;
    }
}
