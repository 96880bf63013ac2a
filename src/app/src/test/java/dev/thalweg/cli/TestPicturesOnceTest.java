package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Reading;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.train.StopOnShutdown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** No picture to test with is looked at before a training has ended, and then one pass over them is made. */
class TestPicturesOnceTest {
    private static final int TESTED = 80;
    private static final int EPOCHS = 3;
    /** The twelve that the model did worst on, and six others: a report shows them. */
    private static final int SHOWN = 18;

    @TempDir
    private Path directory;

    private ImageDataset counted(ImageDataset test, AtomicIntegerArray reads, Path history) {
        return ImageDataset.streamed("counted", test.imageShape(), test.targets(), List.of(), (i, pixels) -> {
            try {
                assertEquals(EPOCHS + 1, Files.readAllLines(history).size(), "all epochs are over");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (!isForReport()) {
                reads.incrementAndGet(i);
            }
            pixels.copyFrom(test.pixels(i));
        });
    }

    /** Whether pixels are read by the report itself, which looks for near duplicates, and not by the model. */
    private static boolean isForReport() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith("dev.thalweg.report.")));
    }

    @Test
    void testPicturesAreReadOnceAndAtTheEnd() throws IOException {
        Path output = directory.resolve("run");
        String[] words = ("train --epochs 3 --early-stopping 2 --reduce-on-plateau 1 --keep-best --backend java"
                        + " --threads 1 --output " + output)
                .split(" ");
        CommandLine line = Main.commandLine(words);
        line.parseArgs(words);
        TrainCommand command =
                Objects.requireNonNull(line.getSubcommands().get("train")).getCommand();
        AtomicIntegerArray reads = new AtomicIntegerArray(TESTED);
        AtomicIntegerArray validated = new AtomicIntegerArray(TESTED);
        try (DataSplit shapes = ShapesDataset.generate(60, TESTED, 1);
                DataSplit more = ShapesDataset.generate(10, TESTED, 2);
                ImageDataset test = counted(shapes.test(), reads, output.resolve("history.csv"));
                ImageDataset validation = ImageDataset.streamed(
                        "validation", more.test().imageShape(), more.test().targets(), List.of(), (i, pixels) -> {
                            if (!isForReport()) {
                                validated.incrementAndGet(i);
                            }
                            pixels.copyFrom(more.test().pixels(i));
                        });
                StopOnShutdown interrupt = new StopOnShutdown()) {
            assertTrue(command.train(
                    Optional.empty(),
                    new DataSplit(shapes.train(), Optional.of(validation), test, Reading.NOTHING),
                    interrupt));
        }
        long once = IntStream.range(0, TESTED).filter(i -> reads.get(i) == 1).count();
        assertTrue(IntStream.range(0, TESTED).allMatch(i -> reads.get(i) >= 1), reads::toString);
        assertTrue(once >= TESTED - SHOWN && once < TESTED, reads::toString);
        // After each epoch, and once at the end.
        assertTrue(IntStream.range(0, TESTED).allMatch(i -> validated.get(i) == EPOCHS + 1), validated::toString);
        assertTrue(Files.readString(output.resolve("report.html")).contains("Of what choices may have looked at, "));
    }
}
