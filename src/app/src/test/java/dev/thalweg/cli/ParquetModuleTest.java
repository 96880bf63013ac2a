package dev.thalweg.cli;

import dev.thalweg.ForkedJvm;
import dev.thalweg.ForkedJvm.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The module of Parquet, which nothing requires, is found on the module path where it is there. */
class ParquetModuleTest {
    @TempDir
    private Path folder;

    private Result train(List<String> modules) throws IOException, InterruptedException {
        Path tables = Path.of(System.getProperty("thalweg.test.root"), "src/parquet/src/test/resources/tables");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=dev.thalweg,snappy.java,com.github.luben.zstd_jni",
                "--module-path",
                String.join(File.pathSeparator, modules),
                "-m",
                "dev.thalweg.app/dev.thalweg.cli.Main",
                "train",
                "--backend",
                "java",
                "--preset",
                "essay",
                "--epochs",
                "1",
                "--image-size",
                "8x8",
                "--output",
                folder.resolve("run").toString(),
                "--data",
                tables.resolve("snappy.parquet").toString());
        return ForkedJvm.finish(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    @Test
    void trainsWhereItIsAndIsNamedWhereItIsNot() throws IOException, InterruptedException {
        List<String> modules = new ArrayList<>(ForkedJvm.runtimeClassPath());
        train(modules).expect(0, "green_dark");
        modules.removeIf(entry -> entry.matches(".*(thalweg-parquet[^/\\\\]*\\.jar|parquet.target.classes)"));
        train(modules).expect(1, "which the artifact dev.thalweg:thalweg-parquet reads");
    }
}
