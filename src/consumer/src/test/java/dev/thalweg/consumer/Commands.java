package dev.thalweg.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs programs. */
final class Commands {
    private static final int PATIENCE_SECONDS = 300;

    private Commands() {}

    /** {@return a program of the JDK that runs the tests} */
    static String jdk(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /**
     * Runs a program that ends well.
     *
     * @param directory where
     * @param javaHome the JDK that it is to use; empty for the one that it chooses
     * @param command its name and arguments
     * @return what it says, output and errors together
     */
    static String run(Path directory, Optional<String> javaHome, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        // Not what the build around this one was told.
        builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_") || name.equals("JAVA_HOME"));
        javaHome.ifPresent(home -> builder.environment().put("JAVA_HOME", home));
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), text);
            assertEquals(0, process.exitValue(), () -> String.join(" ", command) + "\n" + text);
            return text;
        } finally {
            process.destroyForcibly();
        }
    }
}
