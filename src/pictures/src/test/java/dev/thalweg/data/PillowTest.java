package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from picture files, beside what Pillow reads from them. */
class PillowTest {
    private static final double LEAST_DECIBELS = 40;

    @TempDir
    private static Path folder;

    /** {@return an own Python is not asked: Debian's packages are seen by the system's alone} */
    private static Path python() {
        Path system = Path.of("/usr/bin/python3");
        return Files.isExecutable(system) ? system : Path.of("python3");
    }

    @BeforeAll
    static void drawByPillow() throws IOException, InterruptedException {
        Path script = folder.resolve("pictures.py");
        try (InputStream source = PillowTest.class.getResourceAsStream("pictures.py")) {
            Files.copy(source, script);
        }
        Process process;
        try {
            process = new ProcessBuilder(python().toString(), "-c", "import PIL.Image, numpy")
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
        } catch (IOException e) {
            process = null;
        }
        assumeTrue(
                process != null && process.waitFor() == 0, "Pillow is absent: install python3-pil and python3-numpy");
        process = new ProcessBuilder(python().toString(), script.toString(), folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0, output);
    }

    @Test
    void picturesAreReadAsByPillow() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> lines = Files.readAllLines(folder.resolve("expected.tsv"));
        for (String line : lines) {
            String[] fields = line.split("\t", -1);
            Shape shape =
                    Shape.of(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
            byte[] expected = Files.readAllBytes(folder.resolve(fields[6]));
            String problem;
            try {
                byte[] got = Pictures.read(folder.resolve(fields[0]), shape, Resize.valueOf(fields[4]));
                problem = difference(expected, got, fields[5]);
            } catch (RuntimeException e) {
                problem = e.toString();
            }
            if (problem == null && !fields[5].equals("-")) {
                // Nothing is scaled: the size is the picture's own, upright.
                Pictures.Header header =
                        Pictures.header(folder.resolve(fields[0])).orElseThrow();
                boolean same = header.height() == shape.dim(1) && header.width() == shape.dim(2);
                problem = same ? null : "says that it is " + header;
            }
            if (problem != null) {
                wrong.add(fields[0] + " as " + shape + " by " + fields[4] + ": " + problem);
            }
        }
        assertTrue(lines.size() > 1000, lines.size() + " expectations");
        assertEquals(List.of(), wrong, String.join("\n", wrong));
    }

    /** {@return what is wrong; null if nothing is} */
    private static String difference(byte[] expected, byte[] got, String allowed) {
        int greatest = 0;
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            int difference = Math.abs((expected[i] & 0xff) - (got[i] & 0xff));
            greatest = Math.max(greatest, difference);
            squares += (double) difference * difference;
        }
        double decibels = 10 * Math.log10(255 * 255 / (squares / expected.length));
        boolean right = allowed.equals("-") ? decibels >= LEAST_DECIBELS : greatest <= Integer.parseInt(allowed);
        return right ? null : "differs by up to " + greatest + " levels, " + decibels + " dB, allowed " + allowed;
    }
}
