package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs that draw the guide's figures draw them. CompareOptimizers is left out: it trains for minutes. */
class ExamplesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LossShapes",
                "CompareLosses",
                "BatchSizes",
                "Momentum",
                "Decay",
                "Clipping",
                "DeepGradients",
                "LearningRates"
            })
    void draws(String example) throws ReflectiveOperationException, IOException {
        Path file = directory.resolve("figure.svg");
        Class.forName(example).getMethod("main", String[].class).invoke(null, (Object) new String[] {file.toString()});
        assertTrue(Files.readString(file).contains("<svg"), "no picture");
    }
}
