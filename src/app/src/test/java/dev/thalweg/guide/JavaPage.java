package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Runs the Java of a page as its readers are told to: the first block has the imports, the others follow each other in
 * one {@code main}. Java compiles and runs that file by itself, with the program and its libraries.
 */
final class JavaPage {
    private JavaPage() {}

    static boolean has(Page page) {
        return !blocks(page).isEmpty();
    }

    private static List<Page.Block> blocks(Page page) {
        return page.blocks().stream()
                .filter(block -> block.language().equals("java"))
                .toList();
    }

    /**
     * Compiles and runs.
     *
     * @param page with Java
     * @param directory where it runs
     */
    static void run(Page page, Path directory) throws IOException, InterruptedException {
        Path program = Files.write(directory.resolve("Shown.java"), program(page));
        List<String> command = java();
        command.add(program.toAbsolutePath().toString());
        ForkedJvm.finish(new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start())
                .expect(0);
    }

    /** {@return a command line for Java with the program and its libraries} */
    static List<String> java() throws IOException {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-cp",
                String.join(File.pathSeparator, ForkedJvm.runtimeClassPath())));
    }

    /** {@return the program, whose lines have the numbers that they have on the page} */
    private static List<String> program(Page page) {
        List<Page.Block> blocks = blocks(page);
        List<String> program = new ArrayList<>(Collections.nCopies(page.lines().size() + 1, ""));
        for (Page.Block block : blocks) {
            for (int i = 0; i < block.lines().size(); i++) {
                program.set(block.line() - 1 + i, block.lines().get(i));
            }
        }
        Page.Block imports = blocks.getFirst();
        assertTrue(
                imports.lines().stream().allMatch(line -> line.isEmpty() || line.matches("import .*;")),
                page + ": its first block of Java is not its imports");
        program.set(
                imports.line() - 1 + imports.lines().size(),
                "class Shown { public static void main(String[] arguments) throws Exception {");
        program.set(program.size() - 1, "}}");
        return program;
    }
}
