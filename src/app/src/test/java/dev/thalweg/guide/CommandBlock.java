package dev.thalweg.guide;

import dev.thalweg.ForkedJvm;
import dev.thalweg.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Runs the commands of a page: those of the program and of examples here; of others it asks that CI runs them. */
final class CommandBlock {
    private static final String PROGRAM = "java -jar src/app/target/thalweg.jar ";
    private static final String EXAMPLE =
            "java --enable-native-access=ALL-UNNAMED -cp src/app/target/thalweg.jar src/example/";

    private CommandBlock() {}

    /**
     * Runs a block's commands one after the other.
     *
     * @param block a command on each line
     * @param directory where they run
     */
    static void run(Page.Block block, Path directory) throws IOException, InterruptedException {
        String ci = Files.readString(Page.root().resolve(".ci/run"));
        for (String line : block.lines()) {
            String command = line.replaceFirst("\\s+#.*", "").strip();
            if (command.startsWith(PROGRAM)) {
                Stream<String> asked = block.unrun().isPresent() ? Stream.of("--help") : Stream.empty();
                run(directory, Stream.concat(Stream.of(Main.class.getName()), words(command, PROGRAM)), asked);
            } else if (command.startsWith(EXAMPLE)) {
                Path examples = Page.root().resolve("src/example").toAbsolutePath();
                run(
                        directory,
                        words(command, EXAMPLE).map(word -> word.endsWith(".java") ? examples + "/" + word : word),
                        Stream.empty());
            } else if (block.unrun().isEmpty() && !ci.contains(command)) {
                throw new AssertionError("neither .ci/run nor this test runs: " + command);
            }
        }
    }

    private static Stream<String> words(String command, String begin) {
        return Stream.of(command.substring(begin.length()).split("\\s+"));
    }

    private static void run(Path directory, Stream<String> words, Stream<String> more)
            throws IOException, InterruptedException {
        List<String> command = JavaPage.java();
        Stream.concat(words, more).forEach(command::add);
        ForkedJvm.finish(new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start())
                .expect(0);
    }
}
