package dev.thalweg.cli;

import dev.thalweg.ForkedJvm;
import dev.thalweg.ForkedJvm.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The module of pictures and archives, which nothing requires, is found on the module path where it is there. */
class PicturesModuleTest {
    @TempDir
    private Path folder;

    /** Gives the program an archive that is none: who reads it says so. */
    private Result train(List<String> modules) throws IOException, InterruptedException {
        Path archive = Files.writeString(folder.resolve("cifar.tar.gz"), "none");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=dev.thalweg",
                "--module-path",
                String.join(File.pathSeparator, modules),
                "-m",
                "dev.thalweg.app/dev.thalweg.cli.Main",
                "train",
                "--backend",
                "java",
                "--data",
                archive.toString());
        return ForkedJvm.finish(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    @Test
    void readsArchivesWhereItIsAndIsNamedWhereItIsNot() throws IOException, InterruptedException {
        List<String> modules = new ArrayList<>(ForkedJvm.runtimeClassPath());
        train(modules).expect(1, "expected a complete .tar.gz");
        modules.removeIf(entry -> entry.matches(".*(thalweg-pictures[^/\\\\]*\\.jar|pictures.target.classes)"));
        train(modules).expect(1, "which the artifact dev.thalweg:thalweg-pictures reads");
    }
}
