package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.cli.MainTest.Result;
import dev.thalweg.data.PictureFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands make of folders of pictures. */
class FolderCommandsTest {
    @TempDir
    private Path directory;

    /**
     * Pictures of random greys: nothing can be learnt of them but by heart, so that a test on what was learnt from
     * shows.
     */
    private PictureFolder greys(String name, String... classes) throws IOException {
        PictureFolder folder = new PictureFolder(directory.resolve(name));
        Random random = new Random(name.hashCode());
        for (String each : classes) {
            for (int i = 0; i < 20; i++) {
                folder.with(each + "/" + name + i + ".png", 12, 10, random.nextInt(256) * 0x10101);
            }
        }
        return folder;
    }

    private Path trained(Path folder, String... more) throws IOException {
        Path model = directory.resolve("model.safetensors");
        Result result = train(
                folder,
                Stream.concat(Stream.of("--save", model.toString()), Stream.of(more))
                        .toArray(String[]::new));
        assertEquals(0, result.exit(), result.err());
        return model;
    }

    private static Result train(Path folder, String... more) {
        return run(Stream.concat(Stream.of("train", "--data", folder.toString(), "--epochs", "1"), Stream.of(more))
                .toArray(String[]::new));
    }

    private static Result run(String... arguments) {
        return MainTest.run(Stream.concat(Stream.of(arguments), Stream.of("--backend", "java", "--threads", "1"))
                .toArray(String[]::new));
    }

    /** The measures, to all digits shown. */
    private static List<String> measures(Result result) {
        assertEquals(0, result.exit(), result.err());
        return result.out().lines().filter(line -> line.startsWith("Test ")).toList();
    }

    /** What a training was tested by is what its model answers by, unless something else is asked for. */
    @Test
    void theModelKeepsHowItLooksAtPictures() throws IOException {
        PictureFolder noise = new PictureFolder(directory.resolve("noise"));
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            byte[] pixels = new byte[3 * 12 * 10];
            random.nextBytes(pixels);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.writeBytes("P6 12 10 255\n".getBytes(StandardCharsets.US_ASCII));
            file.writeBytes(pixels);
            noise.with((i % 2 == 0 ? "a/" : "b/") + i + ".ppm", file.toByteArray());
        }
        Path data = noise.path();
        String model = directory.resolve("model.safetensors").toString();
        Result twice = train(data, "--save", model, "--test-time-augmentation", "mirror,translate");
        assertEquals(measures(twice), measures(run("evaluate", model, "--data", data.toString())));
        String once = directory.resolve("once.safetensors").toString();
        Result plain = train(data, "--save", once);
        assertEquals(
                measures(plain),
                measures(run("evaluate", model, "--data", data.toString(), "--test-time-augmentation", "none")));
        assertEquals(
                measures(twice),
                measures(run(
                        "evaluate", once, "--data", data.toString(), "--test-time-augmentation", "mirror,translate")));
        assertNotEquals(measures(plain), measures(twice));
    }

    /** Another model, and the same again with the same teacher. */
    @Test
    void aTeacherChangesWhatIsLearnt() throws IOException {
        Path data = greys("own", "a", "b").path();
        String teacher = directory.resolve("teacher.safetensors").toString();
        train(data, "--save", teacher, "--seed", "3");
        Result alone = train(data);
        Result taught = train(data, "--teacher", teacher, "--teacher-weight", "0.9");
        assertNotEquals(measures(alone), measures(taught));
        assertEquals(measures(taught), measures(train(data, "--teacher", teacher, "--teacher-weight", "0.9")));
        Result other = train(greys("other", "c", "d").path(), "--teacher", teacher);
        assertEquals(2, other.exit());
        assertTrue(other.err().contains("--teacher: expected a model of pictures"), other.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--seed", "--stream", "--validation"})
    void theFolderTrainedOnIsTestedOnWhatWasKeptForIt(String choice) throws IOException {
        PictureFolder folder = greys("own", "a", "b");
        String model = directory.resolve("model.safetensors").toString();
        List<String> options = switch (choice) {
            case "--seed" -> List.of("--seed", "7");
            case "--stream" -> List.of("--stream");
            default -> List.of("--validation", "0.25");
        };
        Result trained = train(
                folder.path(),
                Stream.concat(Stream.of("--save", model), options.stream()).toArray(String[]::new));
        Path moved = Files.move(folder.path(), directory.resolve("moved"));
        for (String seed : List.of("7", "42", "1")) {
            Result evaluated = run("evaluate", model, "--data", moved.toString(), "--seed", seed);
            assertEquals(measures(trained), measures(evaluated), "seed " + seed);
            assertTrue(
                    evaluated.out().contains("on 8 pictures") && evaluated.out().contains("those kept for the test"),
                    evaluated.out());
        }
    }

    @Test
    void anotherFolderIsTestedOnAsAWhole() throws IOException {
        String model = trained(greys("own", "a", "b").path()).toString();
        Result other =
                run("evaluate", model, "--data", greys("other", "a", "b").path().toString());
        assertEquals(0, other.exit(), other.err());
        assertTrue(
                other.out().contains("on 40 pictures") && other.out().contains("all pictures of the folder"),
                other.out());
        assertFalse(other.out().contains("learnt from"), other.out());

        PictureFolder changed = greys("own", "a", "b").with("a/one-more.png", 12, 10, 0);
        Result similar = run("evaluate", model, "--data", changed.path().toString());
        assertTrue(
                similar.out().contains("on 41 pictures") && similar.out().contains("all pictures of the folder"),
                similar.out());
        // 32 of the 41 were trained on.
        assertTrue(
                similar.out().contains("about 78 % of these pictures have name and size of pictures it learnt from"),
                similar.out());
    }

    @Test
    void aFolderMayLackClassesButNotHaveOthers() throws IOException {
        String model = trained(greys("own", "a", "b", "c").path()).toString();
        PictureFolder some = greys("some", "b");
        Result result = run("evaluate", model, "--data", some.path().toString());
        assertEquals(0, result.exit(), result.err());
        // What predict says of the same pictures is an independent count of the right ones.
        Result predicted =
                run("predict", "--top", "1", model, some.path().resolve("b").toString());
        long right = predicted
                .out()
                .lines()
                .filter(line -> line.contains(".png: ") && line.matches(".*: +b .*"))
                .count();
        assertTrue(
                result.out().contains(String.format("Test accuracy: %.4f", right / 20.0)),
                result.out() + predicted.out());
        Result unknown = run(
                "evaluate", model, "--data", some.withClass("d", 1, 0).path().toString());
        assertEquals(1, unknown.exit());
        assertTrue(unknown.err().contains("classes a; b; c") && unknown.err().contains("got also d"), unknown.err());
    }

    @Test
    void noTestPictureIsLookedAtBeforeTheEnd() throws IOException {
        Path folder = greys("own", "a", "b").path();
        Result plain = train(folder);
        assertTrue(
                plain.out().contains("Training on 32 pictures") && plain.out().contains("testing on 8"), plain.out());
        assertFalse(plain.out().contains("validat"), plain.out());
        for (String option : List.of("--early-stopping", "--reduce-on-plateau")) {
            Result watched = train(folder, option, "1");
            assertEquals(0, watched.exit(), watched.err());
            // A tenth of each class' sixteen.
            assertTrue(
                    watched.out().contains("Training on 28 pictures")
                            && watched.out().contains("validating on 4"),
                    watched.out());
            assertTrue(watched.out().contains("validation loss"), watched.out());
        }
        assertTrue(train(folder, "--validation", "0.5").out().contains("validating on 16"));
        Result without = train(folder, "--early-stopping", "1", "--validation", "0");
        assertTrue(without.exit() == 2 && without.err().contains("expected --validation above 0"), without.err());
        assertEquals(2, train(folder, "--validation", "1").exit());
    }

    @Test
    void aFolderToValidateWithIsUsed() throws IOException {
        PictureFolder folder = new PictureFolder(directory.resolve("parts"));
        for (String part : List.of("train", "valid", "test")) {
            folder.withClass(part + "/x", part.equals("train") ? 6 : 3, 0).withClass(part + "/y", 4, 0xffff00);
        }
        Result result = train(folder.path(), "--early-stopping", "2");
        assertEquals(0, result.exit(), result.err());
        assertTrue(
                result.out().contains("Training on 10 pictures")
                        && result.out().contains("validating on 7, testing on 7"),
                result.out());
        assertTrue(result.out().contains("  x: 6 + 3 + 3\n  y: 4 + 4 + 4\n"), result.out());
        assertTrue(result.out().contains("\nValidation accuracy: "), result.out());
        for (String share : List.of("0.1", "0")) {
            for (String command : List.of("train", "find-rate")) {
                Result parted =
                        run(command, "--data", folder.path().toString(), "--validation", share, "--batch-size", "4");
                assertEquals(2, parted.exit(), parted.err());
                assertTrue(
                        parted.err().contains("--validation: expected none, as " + folder.path() + " has a part to"),
                        parted.err());
            }
        }
        Result chosen = train(folder.path(), "--preset", "fast");
        assertEquals(0, chosen.exit(), chosen.err());
        assertFalse(chosen.out().contains("--validation"), chosen.out());
    }

    @Test
    void dataSetsInPartsAreValidatedWithTrainingPictures() throws IOException {
        Path cifar = Files.createDirectories(directory.resolve("cifar"));
        byte[] records = new byte[30 * 3073];
        for (int i = 0; i < 30; i++) {
            records[i * 3073] = (byte) (i % 10);
        }
        Files.write(cifar.resolve("data_batch_1.bin"), records);
        Files.write(cifar.resolve("test_batch.bin"), records);
        String model = directory.resolve("model.safetensors").toString();
        Result trained = train(cifar, "--validation", "0.34", "--save", model);
        assertTrue(
                trained.out().contains("Training on 20 pictures")
                        && trained.out().contains("validating on 10, testing on 30"),
                trained.out());
        assertEquals(measures(trained), measures(run("evaluate", model, "--data", cifar.toString(), "--seed", "9")));
        Result sized = train(cifar, "--image-size", "8x8");
        assertTrue(sized.exit() == 2 && sized.err().contains("is no folder of pictures"), sized.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"held", "--stream"})
    void badFilesAreListedOrSkippedAndCounted(String way) throws IOException {
        PictureFolder folder = greys("own", "a", "b")
                .with("a/text.png", "no picture")
                .with("b/empty.jpg", "")
                .with("b/notes.txt", "left out");
        Result failed = train(folder.path(), way.equals("held") ? new String[0] : new String[] {way});
        assertEquals(1, failed.exit());
        assertTrue(
                failed.err().contains("2 of 42 pictures")
                        && failed.err().contains("a/text.png")
                        && failed.err().contains("b/empty.jpg"),
                failed.err());
        assertFalse(failed.out().contains("Epoch"), failed.out());

        folder.withDamaged("a/cut.png");
        Path output = directory.resolve("run");
        String[] skipping = {"--on-bad-file", "skip", "--output", output.toString()};
        Result skipped = train(
                folder.path(),
                Stream.concat(Stream.of(skipping), Stream.of(way).filter(w -> w.startsWith("-")))
                        .toArray(String[]::new));
        assertEquals(0, skipped.exit(), skipped.err());
        assertTrue(skipped.out().contains("3 skipped, because they cannot be read: "), skipped.out());
        assertTrue(skipped.out().contains("1 left out, because no pictures: b/notes.txt"), skipped.out());
        assertTrue(skipped.out().contains("  a: 16 + 4\n  b: 16 + 4\n"), skipped.out());
        String report = Files.readString(output.resolve("report.html"));
        assertTrue(
                report.contains("3 skipped, because they cannot be read") && report.contains("b/notes.txt"),
                "the report counts them");
        assertTrue(report.contains("<tr><th>a</th><td>16</td><td>4</td></tr>"), "the report counts the classes");
        Result evaluated = run(
                "evaluate",
                output.resolve("model.safetensors").toString(),
                "--data",
                folder.path().toString(),
                "--on-bad-file",
                "skip");
        assertEquals(measures(skipped), measures(evaluated));
    }

    /** A preset looks at some pictures first: who reads all tells of all. */
    @Test
    void damagedFilesAreAllListedWhereAPresetChooses() throws IOException {
        PictureFolder folder = greys("own", "a", "b").withDamaged("a/own1.png").withDamaged("b/own2.png");
        Result failed = train(folder.path(), "--preset", "fast");
        assertEquals(1, failed.exit());
        assertTrue(failed.err().contains("a/own1.png") && failed.err().contains("b/own2.png"), failed.err());
    }

    @Test
    void aFileFoundDamagedWhileItIsStreamedIsNamed() throws IOException {
        PictureFolder folder = greys("own", "a", "b");
        for (int i = 0; i < 20; i++) {
            folder.withDamaged("b/own" + i + ".png");
        }
        Result failed = train(folder.path(), "--stream", "--image-size", "12x10");
        assertEquals(1, failed.exit());
        assertTrue(failed.err().matches("(?s).*b/own\\d+\\.png.*--on-bad-file skip.*"), failed.err());
    }

    @Test
    void predictAnswersForAllGoodFilesAndSaysWhatIsWrongWithOthers() throws IOException {
        PictureFolder folder = greys("own", "a", "b");
        String model = trained(folder.path()).toString();
        PictureFolder mixed = new PictureFolder(directory.resolve("mixed"))
                .with("2.png", "text")
                .with("1.png", 30, 20, 0)
                .with("in/3.jpg", 20, 30, 0)
                .with("notes.txt", "left out");
        String missing = directory.resolve("missing.png").toString();
        String empty = Files.createDirectories(directory.resolve("empty")).toString();
        String[] arguments = {
            "predict",
            model,
            missing,
            mixed.path().toString(),
            empty,
            folder.path().resolve("a/own0.png").toString()
        };
        Result result = run(arguments);
        assertEquals(1, result.exit());
        List<String> lines = result.out().lines().toList();
        assertEquals(3, lines.size(), result.out());
        assertTrue(
                lines.get(0).contains("1.png: ")
                        && lines.get(1).contains("3.jpg: ")
                        && lines.get(2).contains("own0.png: "),
                result.out());
        List<String> errors = result.err().lines().toList();
        assertEquals(4, errors.size(), result.err());
        assertTrue(
                errors.get(0).startsWith("thalweg: left out ") && errors.get(0).contains("notes.txt"), result.err());
        assertTrue(errors.get(1).contains("missing.png: there is no such file"), result.err());
        assertTrue(errors.get(2).contains("2.png: "), result.err());
        assertTrue(errors.get(3).contains("empty: there is no picture in this folder"), result.err());

        Result json =
                run(Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
        assertEquals(1, json.exit());
        JsonNode answers = new ObjectMapper().readTree(json.out());
        assertEquals(6, answers.size(), json.out());
        boolean[] good = {false, true, false, true, false, true};
        for (int i = 0; i < good.length; i++) {
            assertEquals(good[i], answers.get(i).has("classes"), json.out());
            assertEquals(!good[i], answers.get(i).has("error"), json.out());
        }
        assertEquals(0, run("predict", model, folder.path().toString()).exit());
    }

    @Test
    void theModelKnowsHowPicturesCameToTheirSize() throws IOException {
        // The same picture in three sizes; only what is cut off or filled in tells how it was brought to 12×10.
        PictureFolder folder = greys("own", "a", "b");
        PictureFolder wide = new PictureFolder(directory.resolve("wide")).with("x.png", 40, 4, 0x202020);
        Path cropping = trained(folder.path(), "--resize", "crop", "--image-size", "12x10");
        Result cropped = run("predict", cropping.toString(), wide.path().toString());
        assertNotEquals(
                answers(cropped),
                answers(run(
                        "predict",
                        trained(folder.path(), "--resize", "pad", "--image-size", "12x10")
                                .toString(),
                        wide.path().toString())),
                "filled with white");
        String text = Files.readString(directory.resolve("model.safetensors"), StandardCharsets.ISO_8859_1);
        assertTrue(text.contains("resize\\\":\\\"PAD\\\""), "the file says so");
    }

    private static String answers(Result result) {
        assertEquals(0, result.exit(), result.err());
        return result.out().substring(result.out().indexOf(": "));
    }

    @Test
    void greyPicturesHaveOneChannel() throws IOException {
        Result result = train(greys("own", "a", "b").path(), "--channels", "1");
        assertTrue(result.out().contains("[1, 10, 12]"), result.out());
        assertEquals(2, train(directory, "--channels", "2").exit());
    }

    @Test
    void noControlCharacterOfANameReachesTheTerminal() throws IOException {
        String steering = "\u001b[31m";
        Result refused = train(greys("refused", "a", "b" + steering).path());
        assertEquals(1, refused.exit());
        PictureFolder folder = greys("own", "a", "b")
                .with("a/left" + steering + "out", "text")
                .with("a/bad" + steering + ".png", "text")
                .with("b/good" + steering + ".png", 12, 10, 0);
        String model = directory.resolve("model.safetensors").toString();
        Result trained = train(folder.path(), "--save", model, "--on-bad-file", "skip");
        Result evaluated = run("evaluate", model, "--data", folder.path().toString(), "--on-bad-file", "skip");
        Result predicted = run("predict", model, folder.path().toString());
        for (Result result : List.of(refused, train(folder.path()), trained, evaluated, predicted)) {
            assertFalse((result.out() + result.err()).contains("\u001b"), result.out());
        }
        assertEquals(measures(trained), measures(evaluated));
        assertTrue(
                trained.out().contains("a/left\uFFFD[31mout") && trained.out().contains("a/bad\uFFFD[31m.png"),
                trained.out());
        assertTrue(predicted.out().contains("b/good\uFFFD[31m.png:"), predicted.out());
    }
}
