package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's Python, whose libraries compute what a test compares with.
 *
 * @param directory where scripts lie, and what they write
 */
public record Python(Path directory) {
    private static final String INTERPRETER = "/usr/bin/python3";

    /** {@return whether modules are installed} */
    public boolean has(String... modules) throws IOException, InterruptedException {
        return Files.isExecutable(Path.of(INTERPRETER)) && call("-c", "import " + String.join(", ", modules)) == 0;
    }

    /** Runs a script among a test's resources. */
    public void run(Class<?> test, String script, String... arguments) throws IOException, InterruptedException {
        Path file = directory.resolve(script);
        try (InputStream in = test.getResourceAsStream(script)) {
            Files.write(file, in.readAllBytes());
        }
        String[] command = new String[arguments.length + 1];
        command[0] = file.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        assertEquals(0, call(command), () -> {
            try {
                return Files.readString(directory.resolve("log"));
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    private int call(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(INTERPRETER);
        builder.command().addAll(List.of(arguments));
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            assertTrue(process.waitFor(10, TimeUnit.MINUTES), "Python does not end");
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }

    /** {@return the 32-bit floats of a file in the directory} */
    public float[] floats(String file) throws IOException {
        return MemorySegment.ofArray(Files.readAllBytes(directory.resolve(file)))
                .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
