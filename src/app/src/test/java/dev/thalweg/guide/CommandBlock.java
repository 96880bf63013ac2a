package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import dev.thalweg.cli.Main;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the commands of a page: those of the program here, of all others it is asked that CI runs them. */
final class CommandBlock {
    private static final String PROGRAM = "java -jar src/app/target/thalweg.jar ";

    /** Those are run by {@code ExamplesTest}. */
    private static final Pattern EXAMPLE = Pattern.compile(
            "java --enable-native-access=ALL-UNNAMED -cp src/app/target/thalweg.jar (src/example/\\w+\\.java)( \\S+)*");

    private CommandBlock() {}

    /**
     * Runs a block's commands one after the other.
     *
     * @param block a command on each line
     * @param directory where they run
     */
    static void run(Page.Block block, Path directory) throws IOException, InterruptedException {
        String ci = Files.readString(Page.root().resolve(".ci/run"));
        for (String line : block.text().lines().toList()) {
            String command = line.replaceFirst("\\s+#.*", "").strip();
            Matcher example = EXAMPLE.matcher(command);
            if (command.startsWith(PROGRAM)) {
                program(command.substring(PROGRAM.length()), block.unrun().isPresent(), directory);
            } else if (example.matches()) {
                assertTrue(Files.exists(Page.root().resolve(example.group(1))), command);
            } else if (block.unrun().isEmpty() && !ci.contains(command)) {
                throw new AssertionError("neither .ci/run nor this test runs: " + command);
            }
        }
    }

    private static void program(String arguments, boolean parsedOnly, Path directory)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(arguments.split("\\s+")));
        if (parsedOnly) {
            words.add("--help");
        }
        ProcessBuilder builder = new ForkedJvm().builder(Main.class, words.toArray(String[]::new));
        builder.command().set(builder.command().indexOf("-cp") + 1, absoluteClassPath());
        ForkedJvm.finish(builder.directory(directory.toFile()).start()).expect(0);
    }

    private static String absoluteClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(p -> Path.of(p).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
