package dev.thalweg.cli;

import dev.thalweg.ForkedJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that nothing requires are found on the module path where they are there. */
class OptionalModulesTest {
    @TempDir
    private Path folder;

    /** Trains without the one module, then with all. */
    private static void train(String module, String access, int exit, String said, String... words)
            throws IOException, InterruptedException {
        List<String> all = ForkedJvm.runtimeClassPath();
        Pattern its = Pattern.compile(".*(thalweg-" + module + "[^/\\\\]*\\.jar|" + module + ".target.classes)");
        List<String> others =
                all.stream().filter(its.asMatchPredicate().negate()).toList();
        train(others, access, words).expect(1, "which the artifact dev.thalweg:thalweg-" + module + " reads");
        train(all, access, words).expect(exit, said);
    }

    private static ForkedJvm.Result train(List<String> modules, String access, String... words)
            throws IOException, InterruptedException {
        Stream<String> command = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=" + access,
                "--module-path",
                String.join(File.pathSeparator, modules),
                "-m",
                "dev.thalweg.app/dev.thalweg.cli.Main",
                "train",
                "--backend",
                "java",
                "--model",
                "cnn");
        return ForkedJvm.finish(
                new ProcessBuilder(Stream.concat(command, Stream.of(words)).toList())
                        .redirectErrorStream(true)
                        .start());
    }

    /** Gives the program an archive that is none: who reads it says so. */
    @Test
    void archivesAreReadByTheModuleOfPictures() throws IOException, InterruptedException {
        Path archive = Files.writeString(folder.resolve("cifar.tar.gz"), "none");
        train("pictures", "dev.thalweg", 1, "expected a complete .tar.gz", "--data", archive.toString());
    }

    @Test
    void parquetIsReadByItsModule() throws IOException, InterruptedException {
        Path tables = Path.of(System.getProperty("thalweg.test.root"), "src/parquet/src/test/resources/tables");
        train(
                "parquet",
                "dev.thalweg,snappy.java,com.github.luben.zstd_jni",
                0,
                "green_dark",
                "--epochs",
                "1",
                "--image-size",
                "8x8",
                "--output",
                folder.resolve("run").toString(),
                "--data",
                tables.resolve("snappy.parquet").toString());
    }
}
