package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Whatever goes wrong, the user sees one short line. */
class FailureTest {
    @TempDir
    private Path directory;

    @Command(name = "fail")
    private record Failing(Throwable with) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            switch (with) {
                case Error e -> throw e;
                case Exception e -> throw e;
                default -> throw new AssertionError(with);
            }
        }
    }

    private static String lineOf(Throwable e) {
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new Failing(e)).setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler(Main.commandLine().getExecutionExceptionHandler());
        assertEquals(1, Main.run(line));
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("thalweg: "), err.toString());
        return err.toString().strip();
    }

    @Test
    void everyKindOfFailureIsOneLine() {
        assertTrue(lineOf(new OutOfMemoryError("Java heap space")).contains("out of memory (Java heap space)"));
        assertTrue(
                lineOf(new OutOfMemoryError("unable to create native thread: possibly out of memory or process/resource"
                                + " limits reached"))
                        .contains("no more threads"));
        assertTrue(lineOf(new StackOverflowError()).contains("nested too deeply"));
        assertTrue(lineOf(new ExecutionException(new OutOfMemoryError("Java heap space")))
                .contains("out of memory"));
        assertTrue(lineOf(new UncheckedIOException(new NoSuchFileException("x.png")))
                .contains("x.png: there is no such file"));
        assertTrue(lineOf(new ExceptionInInitializerError(new IllegalStateException("no fonts")))
                .endsWith("thalweg: no fonts"));
        assertTrue(lineOf(new NoClassDefFoundError("a/b"))
                .contains("internal error: java.lang.NoClassDefFoundError: a/b"));
        assertTrue(lineOf(new NullPointerException()).contains("NullPointerException"));
        assertTrue(lineOf(new IOException()).contains("input or output failed"));
    }

    @Test
    void aTextOfMegabytesIsCutAndDoesNotSteerTheTerminal() {
        String line =
                lineOf(new IllegalArgumentException("begin \u001b[2J\r\n" + "\u0007x".repeat(3_000_000) + " end"));
        assertTrue(line.length() < 2000, "got " + line.length() + " characters");
        assertTrue(line.contains("begin") && line.endsWith(" end") && line.contains("characters ..."), line);
        assertTrue(line.chars().noneMatch(Character::isISOControl), line);
    }

    @Test
    void aFullHeapEndsARunWithOneLine() throws Exception {
        ForkedJvm.Result result = new ForkedJvm().with("-Xmx24m").run(Filling.class);
        result.expect(1, "thalweg: out of memory");
        assertEquals(1, result.text().lines().count(), result.text());
    }

    /** A program whose command wants more memory than there is. */
    static final class Filling {
        public static void main(String[] arguments) {
            System.exit(Main.run(new CommandLine(new Hoarding())));
        }
    }

    @Command(name = "hoard")
    private record Hoarding() implements Callable<Integer> {
        @Override
        public Integer call() {
            return new long[Integer.MAX_VALUE - 8].length;
        }
    }

    /** Stacks of a gibibyte each, and room for those of the JVM and a few more. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aLimitOfThreadsEndsARunWithOneLine() throws Exception {
        ForkedJvm.Result result = new ForkedJvm()
                .after("ulimit -v 24000000")
                .with("-Xss1g", "-Xmx128m", "-XX:+UseSerialGC", "-Xlog:disable")
                .run(
                        Main.class,
                        "train",
                        "--model",
                        "cnn",
                        "--backend",
                        "java",
                        "--threads",
                        "64",
                        "--epochs",
                        "1",
                        "--output",
                        directory.toString());
        result.expect(1, "thalweg: the system allows no more threads");
        assertEquals(
                1, result.text().lines().filter(l -> l.startsWith("thalweg: ")).count(), result.text());
        assertTrue(result.text().lines().noneMatch(l -> l.contains("\tat ")), result.text());
    }

    @Test
    void deeplyNestedFilesEndARunWithOneLine() throws Exception {
        Path model = directory.resolve("deep.safetensors");
        byte[] header = ("{\"__metadata__\":" + "[".repeat(2_000_000)).getBytes(StandardCharsets.US_ASCII);
        Files.write(
                model,
                ByteBuffer.allocate(Long.BYTES + header.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .array());
        ForkedJvm.Result result = new ForkedJvm().run(Main.class, "predict", model.toString(), "x.png");
        assertEquals(1, result.exit(), result.text());
        assertEquals(1, result.text().lines().count(), result.text());
    }
}
