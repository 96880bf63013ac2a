package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.ForkedJvm;
import dev.thalweg.data.PictureFolder;
import dev.thalweg.saving.ModelFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Class names of any script where the locale's character set is ASCII. */
class AnyLocaleTest {
    private static final List<String> CLASSES = List.of("σκύλος", "قطة", "猫", "👩‍🚀");

    @TempDir
    private Path directory;

    private ForkedJvm.Result run(String... arguments) throws Exception {
        ProcessBuilder builder = new ForkedJvm().builder(Main.class, arguments);
        builder.environment().put("LC_ALL", "C");
        return ForkedJvm.finish(builder.start()).expect(0);
    }

    /** A name's bytes in UTF-8, as bash reads them. */
    private static String quoted(String name) {
        StringBuilder text = new StringBuilder("$'");
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            text.append(String.format("\\x%02x", b));
        }
        return text.append("'").toString();
    }

    @Test
    void namesOfAnyScriptSurviveAnAsciiLocale() throws Exception {
        PictureFolder folder = new PictureFolder(directory.resolve("pictures"));
        StringBuilder renaming = new StringBuilder("set -e");
        for (int i = 0; i < CLASSES.size(); i++) {
            folder.withClass("class" + i, 5, i * 0x400000).with("class" + i + "/e.png", 6, 4, i * 0x400000);
            renaming.append("; mv class" + i + "/e.png class" + i + "/" + quoted("é.png") + "; mv class" + i + " "
                    + quoted(CLASSES.get(i)));
        }
        // The tests' own locale may be ASCII too: then only a shell can give such names.
        assertEquals(
                0,
                new ProcessBuilder("bash", "-c", renaming.toString())
                        .directory(folder.path().toFile())
                        .inheritIO()
                        .start()
                        .waitFor());
        String run = directory.resolve("run").toString();
        ForkedJvm.Result trained = run(
                "train",
                "--model",
                "cnn",
                "--data",
                folder.path().toString(),
                "--epochs",
                "1",
                "--backend",
                "java",
                "--output",
                run);
        for (String name : CLASSES) {
            assertTrue(trained.text().contains("  " + name + ": 5 + 1\n"), trained.text());
        }
        Path model = Path.of(run, "model.safetensors");
        assertEquals(
                CLASSES,
                ModelFile.read(model).targets().values().iterator().next().names());
        assertTrue(Files.readString(Path.of(run, "report.html")).contains("<th>猫</th>"), "the report is UTF-8");

        ForkedJvm.Result predicted = run(
                "predict",
                "--json",
                "--top",
                "4",
                "--backend",
                "java",
                "--threads",
                "1",
                model.toString(),
                folder.path().toString());
        JsonNode answers = new ObjectMapper().readTree(predicted.text());
        assertEquals(24, answers.size());
        assertTrue(
                StreamSupport.stream(answers.spliterator(), false)
                        .anyMatch(a -> a.get("file").asText().endsWith("/猫/é.png")),
                predicted.text());
        assertEquals(
                CLASSES,
                StreamSupport.stream(answers.get(0).get("classes").spliterator(), false)
                        .map(c -> c.get("name").asText())
                        .sorted()
                        .toList());
        run("evaluate", model.toString(), "--data", folder.path().toString(), "--backend", "java", "--threads", "1")
                .expect(0, "those kept for the test");
    }
}
