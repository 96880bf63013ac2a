package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM of its own, for what can happen only once in one, or ends it. */
public final class ForkedJvm {
    private static final int PATIENCE_SECONDS = 120;

    private final List<String> options = new ArrayList<>();
    private final List<String> shell = new ArrayList<>();
    private String nativeAccess = "--enable-native-access=ALL-UNNAMED";

    /** What became of it; standard output and error together. */
    public record Result(int exit, String text) {
        /** Fails unless it ended so, with all that it said. */
        public Result expect(int code, String... parts) {
            assertTrue(exit == code, "expected exit code " + code + ", got " + exit + ": " + text);
            for (String part : parts) {
                assertTrue(text.contains(part), "expected \"" + part + "\" in: " + text);
            }
            return this;
        }
    }

    /** Gives the JVM an option more. */
    public ForkedJvm with(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** Says otherwise than by default who may call native code. */
    public ForkedJvm nativeAccess(String option) {
        nativeAccess = option;
        return this;
    }

    /** Has the shell do something first, for instance {@code ulimit -f 100}. */
    public ForkedJvm after(String command) {
        shell.addAll(List.of("bash", "-c", command + "; exec \"$@\"", "bash"));
        return this;
    }

    /** What is on the class path at run time: the program and its libraries, without those of tests. */
    public static List<String> runtimeClassPath() throws IOException {
        String libraries =
                Files.readString(Path.of(System.getProperty("thalweg.test.runtime", "target/runtime-class-path.txt")));
        return Stream.concat(
                        Stream.of(Path.of("target/classes").toAbsolutePath().toString()),
                        Stream.of(libraries.strip().split(File.pathSeparator)))
                .toList();
    }

    /** A command line to start a class of the program or of the tests with. */
    public ProcessBuilder builder(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(shell);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                nativeAccess,
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Starts a class and waits for its end. */
    public Result run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        return finish(builder(main, arguments).start());
    }

    /** Waits for the end of a process. */
    public static Result finish(Process process) throws IOException, InterruptedException {
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), text);
            return new Result(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
