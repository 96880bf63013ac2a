package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.ForkedJvm;
import dev.thalweg.ForkedJvm.Result;
import dev.thalweg.TinyPictures;
import dev.thalweg.report.ShownEvents;
import dev.thalweg.train.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** However a run ends, what it had kept is whole, and the next one goes on from there. */
class EndsOfRunsTest {
    private static final int KILLS = 10;
    private static final int EPOCHS = 25;
    private static final long SEED = 12;

    @TempDir
    private Path directory;

    private List<String> train(Path data, Path output, int epochs, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--data",
                data.toString(),
                "--output",
                output.toString(),
                "--epochs",
                Integer.toString(epochs),
                "--seed",
                "5",
                "--batch-size",
                "16",
                "--backend",
                "java",
                "--threads",
                "2",
                "--augment",
                "crop",
                "--preset",
                "none"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static String[] resume(Path folder) {
        return TrainingFolder.isBegun(folder) ? new String[] {"--resume"} : new String[0];
    }

    private static ProcessBuilder builder(List<String> arguments) {
        return quick().builder(Main.class, arguments.toArray(String[]::new));
    }

    /** A JVM that is not worth warming up. */
    private static ForkedJvm quick() {
        return new ForkedJvm().with("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    }

    private static Result run(ForkedJvm jvm, List<String> arguments) throws Exception {
        return jvm.run(Main.class, arguments.toArray(String[]::new));
    }

    /**
     * Kills a run at a random moment: mostly some epochs further on, wherever it is then in the next one, sometimes
     * before it trains.
     *
     * @return how many epochs further on
     */
    private static int kill(Process run, Path folder, Random random) throws Exception {
        int further = 0;
        try {
            if (random.nextInt(5) == 0) {
                Thread.sleep(random.nextInt(700));
            } else {
                further = random.nextInt(4);
                int epochs = epochsKept(folder) + further;
                while (run.isAlive() && epochsKept(folder) < epochs) {
                    Thread.sleep(1);
                }
                Thread.sleep(random.nextInt(60));
            }
        } finally {
            run.destroyForcibly();
            assertTrue(run.waitFor(30, TimeUnit.SECONDS));
        }
        return further;
    }

    private static int epochsKept(Path folder) {
        return ModelCheckpoint.last(folder.resolve("checkpoints"))
                .map(last -> Integer.parseInt(last.getFileName().toString().split("-", -1)[1]))
                .orElse(0);
    }

    private static List<String> parts(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).filter(f -> f.endsWith(".part")).toList();
        }
    }

    /** The table without what a clock or a heap measured. */
    private static List<String> table(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("history.csv")).stream()
                .map(row -> String.join(
                        ",",
                        row.split(",", -1)[0],
                        row.split(",", -1)[1],
                        row.split(",", -1)[2],
                        row.split(",", -1)[3]))
                .toList();
    }

    @Test
    void tenKillsAtRandomMomentsEndInTheSameBits() throws Exception {
        Path data = TinyPictures.write(directory.resolve("data"), 60, 20, 8);
        Path whole = directory.resolve("whole");
        Path killed = directory.resolve("killed");
        ForkedJvm.finish(builder(train(data, whole, EPOCHS)).start()).expect(0, "Saved to ");
        Random random = new Random(SEED);
        int atLeast = 0;
        for (int i = 0; i < KILLS; i++) {
            atLeast += kill(
                    builder(train(data, killed, EPOCHS, resume(killed)))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start(),
                    killed,
                    random);
        }
        int kept = epochsKept(killed);
        System.out.printf("%d kills, seed %d: %d of %d epochs were kept%n", KILLS, SEED, kept, EPOCHS);
        assertTrue(kept >= atLeast && atLeast > KILLS && atLeast < EPOCHS, kept + " and " + atLeast);
        ForkedJvm.finish(builder(train(data, killed, EPOCHS, resume(killed))).start())
                .expect(0, "Saved to ");
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("model.safetensors")),
                Files.readAllBytes(killed.resolve("model.safetensors")),
                "seed " + SEED);
        assertEquals(EPOCHS + 1, table(whole).size());
        assertEquals(table(whole), table(killed), "seed " + SEED);
        assertEquals(List.of(), parts(killed), "seed " + SEED);
        List<String> shown = ShownEvents.of(killed.resolve("tensorboard"));
        assertEquals(shown.stream().distinct().count(), shown.size(), "seed " + SEED + ": " + shown);
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            assertTrue(
                    shown.contains("loss/training@" + epoch),
                    "seed " + SEED + ": epoch " + epoch + " is not in " + shown);
        }
    }

    @Test
    void tooLittleMemoryEndsARunWithOneLine() throws Exception {
        Path data = TinyPictures.write(directory.resolve("data"), 60, 20, 28);
        for (String limit : List.of("1k", "100k")) {
            Result result = run(
                            quick().with("-Dthalweg.memory.limit=" + limit),
                            train(data, directory.resolve("run" + limit), 1))
                    .expect(1, "thalweg: ", " off the heap", "thalweg.memory.limit");
            assertEquals(
                    1,
                    result.text().lines().filter(l -> l.startsWith("thalweg: ")).count(),
                    result.text());
            assertTrue(result.text().lines().noneMatch(l -> l.contains("\tat ")), result.text());
        }
    }

    private static Map<Path, byte[]> contents(Path folder) throws IOException {
        Map<Path, byte[]> contents = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    /**
     * A limit on the size of files stands for the disk's end: the system answers the same way, with an error from a
     * write.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskLeavesWhatWasThere() throws Exception {
        Path data = TinyPictures.write(directory.resolve("data"), 60, 20, 28);
        Path run = directory.resolve("run");
        run(quick(), train(data, run, 1)).expect(0, "Saved to ");
        Map<Path, byte[]> before = contents(run);
        assertEquals(2, before.size(), "a model and a checkpoint: " + before.keySet());
        Result full = run(quick().after("ulimit -f 100"), train(data, run, 2, "--resume"))
                .expect(1, "thalweg: input or output failed: ", "checkpoint-00002-0000000.safetensors: File too large");
        assertEquals(
                1, full.text().lines().filter(l -> l.startsWith("thalweg: ")).count(), full.text());
        assertTrue(full.text().lines().noneMatch(l -> l.contains("\tat ") || l.contains("Exception")), full.text());
        Map<Path, byte[]> after = contents(run);
        assertEquals(before.keySet(), after.keySet());
        before.forEach((file, bytes) -> assertArrayEquals(bytes, after.get(file), file.toString()));
        assertEquals(List.of(), parts(run));
        run(quick(), train(data, run, 2, "--resume")).expect(0, "Saved to ");
    }

    /**
     * On a small file system of its own, where those may be mounted; what it holds is seen there alone, so the shell
     * compares.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileSystemThatIsFullLeavesWhatWasThere() throws Exception {
        Path data = TinyPictures.write(directory.resolve("data"), 60, 20, 28);
        Path script = Files.writeString(directory.resolve("full.sh"), """
            mount -t tmpfs -o size=2m full "$1" || exit 77
            cd "$1"; shift
            "$@" --epochs 1 > /dev/null || exit 78
            kept() { find run -name '*.safetensors' -exec sha256sum {} + | sort; }
            before=$(kept)
            # Room for the logs, and too little for a checkpoint.
            head -c $(( ($(df --output=avail -k . | tail -n 1) - 100) * 1024 )) /dev/zero > filler
            "$@" --epochs 2 --resume
            code=$?
            [ "$before" = "$(kept)" ] || exit 79
            [ -z "$(find run -name '*.part')" ] || exit 80
            exit $code
            """);
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "bash",
                script.toString(),
                Files.createDirectory(directory.resolve("full")).toString()));
        List<String> arguments = train(data, Path.of("run"), 1);
        arguments
                .subList(arguments.indexOf("--epochs"), arguments.indexOf("--epochs") + 2)
                .clear();
        command.addAll(builder(arguments).command());
        Result full = ForkedJvm.finish(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        assumeTrue(
                full.exit() != 77 && !full.text().startsWith("unshare: "),
                "no file system may be mounted here: " + full.text());
        full.expect(
                1,
                "thalweg: input or output failed: ",
                "checkpoint-00002-0000000.safetensors: No space left on device");
        assertEquals(
                1, full.text().lines().filter(l -> l.startsWith("thalweg: ")).count(), full.text());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void withoutFontsThereIsAModelAndAReportWithoutCurves() throws Exception {
        Path data = TinyPictures.write(directory.resolve("data"), 60, 20, 8);
        Path run = directory.resolve("run");
        ForkedJvm fontless = quick().with("-Dsun.awt.fontconfig=/nonexistent");
        Result result = run(fontless, train(data, run, 1))
                .expect(0, "Saved to ", "thalweg: the report has no curves: charts cannot be drawn here", "Report in ");
        assertEquals(
                1, result.text().lines().filter(l -> l.startsWith("thalweg: ")).count(), result.text());
        String page = Files.readString(run.resolve("report.html"));
        assertTrue(
                page.contains("charts cannot be drawn here")
                        && page.contains("Confusion matrix")
                        && !page.contains("<svg"),
                page);
        fontless.run(
                        Main.class,
                        "find-rate",
                        "--data",
                        data.toString(),
                        "--backend",
                        "java",
                        "--threads",
                        "1",
                        "--steps",
                        "10",
                        "--plot",
                        directory.resolve("x.svg").toString())
                .expect(1, "Learning rate: ", "thalweg: charts cannot be drawn here");
        assertEquals(List.of(), parts(directory));
    }
}
