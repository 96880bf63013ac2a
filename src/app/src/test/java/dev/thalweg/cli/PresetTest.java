package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.train.ProgressiveResizing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class PresetTest {
    private static final PresetFacts DIGITS =
            new PresetFacts(28, 1, 60_000, 10, TargetKind.CLASSES, false, true, false, false, true);

    /** What people train on: published sets, few photos, many classes, labels, numbers; with bf16 and without. */
    private static Stream<PresetFacts> pictures() {
        return Stream.of(true, false)
                .flatMap(bf16 -> Stream.of(
                        new PresetFacts(28, 1, 60_000, 10, TargetKind.CLASSES, false, bf16, false, false, true),
                        new PresetFacts(28, 1, 60_000, 10, TargetKind.CLASSES, false, bf16, false, false, false),
                        new PresetFacts(32, 3, 50_000, 10, TargetKind.CLASSES, false, bf16, false, false, true),
                        new PresetFacts(32, 3, 25_000, 10, TargetKind.CLASSES, false, bf16, false, false, true),
                        new PresetFacts(32, 3, 10_000, 10, TargetKind.CLASSES, true, bf16, false, false, true),
                        new PresetFacts(32, 3, 200, 2, TargetKind.CLASSES, true, bf16, false, false, true),
                        new PresetFacts(224, 3, 1_120, 2, TargetKind.CLASSES, true, bf16, false, false, true),
                        new PresetFacts(224, 3, 160, 2, TargetKind.CLASSES, true, bf16, false, false, true),
                        new PresetFacts(8, 1, 2, 2, TargetKind.CLASSES, true, bf16, false, false, true),
                        new PresetFacts(64, 3, 100_000, 1_000, TargetKind.CLASSES, true, bf16, false, false, true),
                        new PresetFacts(224, 3, 1_000_000, 1_000, TargetKind.CLASSES, true, bf16, false, false, true),
                        new PresetFacts(64, 3, 5_000, 26, TargetKind.CLASSES, true, bf16, false, false, false),
                        new PresetFacts(224, 3, 5_000, 20, TargetKind.MULTI_LABEL, true, bf16, false, false, false),
                        new PresetFacts(224, 3, 5_000, 1, TargetKind.REGRESSION, true, bf16, false, false, false),
                        new PresetFacts(224, 3, 1_120, 2, TargetKind.CLASSES, true, bf16, false, true, true)));
    }

    private static Stream<String> choosing() {
        return Preset.NAMES.stream().filter(name -> !name.equals(Preset.NONE));
    }

    private static Stream<Arguments> presetsAndPictures() {
        return choosing().flatMap(name -> pictures().map(facts -> Arguments.of(name, facts)));
    }

    /** Words that a command understands, and that say what network to train. */
    @ParameterizedTest
    @MethodSource("presetsAndPictures")
    void choosesACommandThatIsUnderstood(String name, PresetFacts facts) {
        List<String> words = Preset.words(Preset.named(name).options(facts, _ -> false));
        assertTrue(words.contains("--model"), words::toString);
        String[] command = Stream.concat(Stream.of("train"), words.stream()).toArray(String[]::new);
        CommandLine.ParseResult parsed =
                Main.commandLine(command).parseArgs(command).subcommand();
        words.stream()
                .filter(word -> word.startsWith("--"))
                .forEach(option -> assertTrue(parsed.hasMatchedOption(option), option));
    }

    /** At every size that it will see them in, down to pictures of five pixels. */
    @ParameterizedTest
    @MethodSource("presetsAndPictures")
    void choosesANetworkThatTakesThePictures(String name, PresetFacts facts) {
        for (int pixels : new int[] {5, 8, 9, 15, 16, 23, 40, 41, facts.size()}) {
            PresetFacts sized = new PresetFacts(
                    pixels,
                    facts.channels(),
                    facts.pictures(),
                    facts.outputs(),
                    facts.kind(),
                    facts.folder(),
                    facts.bf16(),
                    facts.validated(),
                    false,
                    facts.mirrors());
            Map<String, String> options = Preset.named(name).options(sized, _ -> false);
            int side = options.containsKey("--image-size") ? 64 : pixels;
            Shape shape = Shape.of(facts.channels(), side, side);
            Network network = Networks.named(options.get("--model"), shape, facts.outputs());
            String scale = options.get("--progressive-resizing");
            if (scale != null) {
                Shape first = new ProgressiveResizing(10, Double.parseDouble(scale)).shape(1, shape);
                assertEquals(network.output(), network.withPictures(first).output());
            }
        }
    }

    /** Every case of a file is the one of some pictures. */
    @Test
    void noCaseIsWithoutPictures() {
        choosing().flatMap(name -> Preset.named(name).all().stream()).forEach(choice -> {
            for (int i = 0; i < choice.cases().size(); i++) {
                Preset.Choice upToIt = new Preset.Choice(
                        choice.of(),
                        List.of(),
                        choice.cases().subList(i, choice.cases().size()));
                Preset.Choice without = new Preset.Choice(
                        choice.of(),
                        List.of(),
                        choice.cases().subList(i + 1, choice.cases().size()));
                assertTrue(
                        pictures().anyMatch(facts -> !chosen(upToIt, facts).equals(chosen(without, facts))),
                        choice.cases().get(i)::toString);
            }
        });
    }

    private static Map<String, String> chosen(Preset.Choice choice, PresetFacts facts) {
        return new Preset("a test", null, List.of(choice)).options(facts, _ -> false);
    }

    @Test
    void whatTheUserGaveStays() {
        Map<String, String> options =
                Preset.named("fast").options(DIGITS, Set.of("--epochs", "--momentum", "--from")::contains);
        assertFalse(options.containsKey("--epochs"));
        assertFalse(options.containsKey("--model"), "--from says what is trained");
        assertFalse(options.containsKey("--learning-rate"), "it belongs to another momentum");
        assertTrue(options.containsKey("--batch-size"));
    }

    /** A class has to have pictures enough; what is there to validate with, or is said of it, goes first. */
    @Test
    void someArePutAsideToValidateWith() {
        for (String name : List.of("fast", "balanced", "best")) {
            assertEquals("0.02", validation(name, 40_000, 800, false));
            assertEquals("0.04", validation(name, 40_000, 801, false));
            assertEquals("0.04", validation(name, 39_999, 10, false));
            assertEquals("0.04", validation(name, 20_000, 10, false));
            assertEquals("0.1", validation(name, 19_999, 10, false));
            assertEquals("0.1", validation(name, 100, 10, false));
            assertNull(validation(name, 99, 10, false));
            assertNull(validation(name, 20_000, 10, true));
            for (String given : List.of("--validation", "--folds")) {
                assertFalse(Preset.named(name).options(DIGITS, given::equals).containsKey("--validation"));
            }
        }
        assertNull(validation("essay", 20_000, 10, false));
    }

    private static @Nullable String validation(String preset, int pictures, int classes, boolean validated) {
        PresetFacts facts =
                new PresetFacts(32, 3, pictures, classes, TargetKind.CLASSES, true, false, validated, false, true);
        return Preset.named(preset).options(facts, _ -> false).get("--validation");
    }

    @Test
    void theLastCaseThatFitsIsChosen() {
        Preset.When small = new Preset.When(
                new Preset.Bounds(null, 32), null, null, null, null, null, null, null, null, null, null);
        Preset.Epochs epochs = new Preset.Epochs(600_000, 4, 20);
        Preset preset = new Preset(
                "a test",
                null,
                List.of(
                        new Preset.Choice(
                                "network",
                                List.of(),
                                List.of(
                                        new Preset.Case(null, null, Map.of("--model", "cnn")),
                                        new Preset.Case(small, null, Map.of("--model", "cnn2")))),
                        new Preset.Choice("epochs", List.of(), List.of(new Preset.Case(null, epochs, Map.of())))));
        assertEquals(Map.of("--model", "cnn2", "--epochs", "10"), preset.options(DIGITS, _ -> false));
        PresetFacts few = new PresetFacts(32, 3, 100, 10, TargetKind.CLASSES, false, false, false, false, true);
        assertEquals(Map.of("--model", "cnn", "--epochs", "20"), preset.options(few, _ -> false));
        PresetFacts many = new PresetFacts(32, 3, 10_000_000, 10, TargetKind.CLASSES, false, false, false, false, true);
        assertEquals("4", preset.options(many, _ -> false).get("--epochs"));
    }

    @Test
    void aPresetIsLikeAnotherButForItsOwnChoices() {
        Map<String, String> fast = Preset.named("fast").options(DIGITS, _ -> false);
        Map<String, String> balanced =
                new LinkedHashMap<>(Preset.named("balanced").options(DIGITS, _ -> false));
        assertTrue(Integer.parseInt(balanced.get("--epochs")) > Integer.parseInt(fast.get("--epochs")));
        balanced.replace("--epochs", fast.get("--epochs"));
        assertEquals(fast, balanced);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "'', balanced",
                "--model resnet20, -",
                "--model=resnet20, -",
                "--model resnet20 --preset fast, fast",
                "--from x.onnx, balanced",
                "--preset none, -",
                "--preset none --from x.onnx, -"
            })
    void balancedChoosesWhereNobodyDoes(String words, @Nullable String preset) {
        String[] command = ("train " + words).strip().split(" ");
        CommandLine line = Main.commandLine(command);
        line.parseArgs(command);
        TrainCommand train =
                Objects.requireNonNull(line.getSubcommands().get("train")).getCommand();
        assertEquals(Optional.ofNullable(preset), train.preset());
    }

    /** Nobody waits for pictures to be decoded of which nothing is asked. */
    @Test
    void presetsThatDoNotMirrorDoNotLookInTheMirror() {
        assertEquals(
                List.of("fast", "balanced", "best"),
                Preset.NAMES.stream()
                        .filter(name -> Preset.named(name).asksMirror())
                        .toList());
    }

    @Test
    void boundsAreFromTheFirstToBelowTheSecond() {
        Preset.Bounds bounds = new Preset.Bounds(2, 4);
        assertEquals(
                List.of(2, 3),
                IntStream.range(0, 6).filter(bounds::hold).boxed().toList());
    }

    @TempDir
    private Path directory;

    /** The words that it prints give the same model, which says where it comes from. */
    @Test
    void theLongCommandIsTheSame() throws IOException {
        Path pictures = Files.createDirectories(directory.resolve("pictures"));
        SomePictures.darkAndLight(pictures);
        Path first = directory.resolve("first");
        String[] more = {"--data", pictures.toString(), "--epochs", "2", "--threads", "1"};
        MainTest.Result short_ = train(more, "--preset", "fast", "--output", first.toString());
        assertEquals(0, short_.exit(), short_.err());
        String printed = short_.out()
                .lines()
                .filter(line -> line.startsWith("Preset fast for 32 pictures of "))
                .findFirst()
                .orElseThrow();
        String words = printed.substring(printed.indexOf("thalweg train ") + "thalweg train ".length());
        assertFalse(words.contains("--preset"), words);

        Path second = directory.resolve("second");
        MainTest.Result long_ =
                train(words.replace(first.toString(), second.toString()).split(" "));
        assertEquals(0, long_.exit(), long_.err());
        assertFalse(long_.out().contains("Preset"), long_.out());
        Map<String, String> notes = new LinkedHashMap<>();
        assertEquals(weights(first, notes), weights(second, new LinkedHashMap<>()));
        String note = notes.get("Preset");
        assertTrue(note.startsWith("fast for 32 pictures"), note);
        assertTrue(words.endsWith(note.substring(note.indexOf(": ") + 2)), () -> words + " by " + note);
        assertTrue(Files.readString(first.resolve("report.html")).contains("fast for 32 pictures"));
    }

    private static MainTest.Result train(String[] words, String... more) {
        return MainTest.run(Stream.of(Stream.of("train"), Stream.of(words), Stream.of(more))
                .flatMap(s -> s)
                .toArray(String[]::new));
    }

    private static Map<String, List<Float>> weights(Path folder, Map<String, String> notes) throws IOException {
        Map<String, List<Float>> weights = new LinkedHashMap<>();
        try (SafetensorsReader reader = SafetensorsReader.open(folder.resolve("model.safetensors"))) {
            notes.putAll(reader.metadata());
            for (String name : reader.names()) {
                float[] values = reader.values(name);
                weights.put(
                        name,
                        IntStream.range(0, values.length)
                                .mapToObj(i -> values[i])
                                .toList());
            }
        }
        return weights;
    }
}
