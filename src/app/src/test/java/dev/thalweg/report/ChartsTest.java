package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.train.LearningRateRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChartsTest {
    @TempDir
    private Path directory;

    /** Losses at the rates 1, 2, 3 …; the first is proposed. */
    private static LearningRateRange range(double... losses) {
        List<LearningRateRange.Point> points = DoubleStream.iterate(1, rate -> rate + 1)
                .limit(losses.length)
                .mapToObj(rate -> new LearningRateRange.Point(rate, losses[(int) rate - 1], losses[(int) rate - 1]))
                .toList();
        return new LearningRateRange(points, 1);
    }

    @Test
    void theNameSaysTheFormat() throws IOException {
        Path svg = directory.resolve("x.SVG");
        Charts.learningRateRange(range(3, 2, 1), svg);
        assertTrue(Files.readString(svg).contains("<svg"));
        Path png = directory.resolve("x.png");
        Charts.learningRateRange(range(3, 2, 1), png);
        assertTrue(ImageIO.read(png.toFile()).getWidth() > 100);
        for (String name : List.of("x.gif", "x", "svg", "x.svg.bak")) {
            Path file = directory.resolve(name);
            assertFalse(Charts.isDrawn(file), name);
            Exception e = assertThrows(Exception.class, () -> Charts.learningRateRange(range(3, 2, 1), file));
            assertTrue(e.getMessage().contains(".svg or .png"), e.getMessage());
            assertFalse(Files.exists(file), name);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN})
    void whatIsNotFiniteIsAGap(double number) throws IOException {
        Path file = directory.resolve("x.svg");
        Charts.learningRateRange(range(3, 2, 1, number), file);
        assertTrue(Files.size(file) > 1000);
    }

    @Test
    void anErrorNamesItsCauseAndNotFonts() {
        IllegalStateException nothing = assertThrows(
                IllegalStateException.class,
                () -> Charts.drawn(() -> {
                    Charts.line(Charts.chart("t", "x", "y"), "loss", new double[] {1}, new double[] {
                        Double.POSITIVE_INFINITY
                    });
                    return 0;
                }));
        assertTrue(nothing.getMessage().contains("none of its 1 numbers is finite"), nothing.getMessage());
        IllegalStateException other = assertThrows(
                IllegalStateException.class,
                () -> Charts.drawn(() -> {
                    throw new IllegalArgumentException("the real cause");
                }));
        assertTrue(other.getMessage().contains("the real cause"), other.getMessage());
        assertFalse(other.getMessage().contains("font"), other.getMessage());
        assertEquals("the real cause", other.getCause().getMessage());
    }
}
