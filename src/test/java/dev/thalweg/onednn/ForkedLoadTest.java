package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.opencl.OpenClLoader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading happens once in a JVM, so each way of it gets a JVM of its own. */
class ForkedLoadTest {
    @TempDir
    private Path cache;

    private record Result(int exit, String text) {
    }

    private Process start(List<String> options, String... arguments) throws IOException {
        return builder(options, arguments).start();
    }

    private ProcessBuilder builder(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Dthalweg.cache=" + cache, "-cp", System.getProperty("java.class.path")));
        command.addAll(options);
        command.add("dev.thalweg.cli.Main");
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static Result finish(Process process) throws Exception {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return new Result(process.exitValue(), text);
    }

    private Result run(List<String> options, String... arguments) throws Exception {
        return finish(start(options, arguments));
    }

    private Path cachedLibrary() throws IOException {
        try (var files = Files.walk(cache)) {
            return files.filter(f -> f.getFileName().toString().matches(".*dnnl.*(so.3|dylib|dll)")).findFirst().orElseThrow();
        }
    }

    @Test
    void infoLoadsAndLooksForGpusWithoutCrashing() throws Exception {
        Result result = run(List.of(), "info");
        assertEquals(0, result.exit(), result.text());
        assertTrue(result.text().contains("oneDNN    3."), result.text());
        assertTrue(result.text().contains("Engines   cpu"), result.text());
        assertTrue(result.text().contains(cache.toString()), result.text());
    }

    /** Without a loader library oneDNN 3.13 would end the process if it were asked for GPUs. */
    @Test
    void withoutAnOpenClLoaderThereIsNoGpuAndASentence() throws Exception {
        assumeTrue(!OpenClLoader.present(), "this machine has an OpenCL loader library");
        Result info = run(List.of(), "info");
        assertTrue(info.text().contains("no gpu (no OpenCL loader library"), info.text());
        Result gpu = run(List.of(), "train", "--device", "gpu", "--epochs", "1", "--output", cache.resolve("run").toString());
        assertEquals(1, gpu.exit(), gpu.text());
        assertTrue(gpu.text().contains("no OpenCL loader library"), gpu.text());
        assertEquals(1, gpu.text().lines().count(), gpu.text());
    }

    @Test
    void withALoaderAndNoDriverThereIsNoGpuAndASentence() throws Exception {
        Path stub = Path.of("target/native/release/opencl-without-drivers").toAbsolutePath();
        assumeTrue(Files.exists(stub.resolve("libOpenCL.so.1")), "the stub is not built");
        ProcessBuilder info = builder(List.of(), "info");
        info.environment().put("LD_LIBRARY_PATH", stub.toString());
        Result result = finish(info.start());
        assertEquals(0, result.exit(), result.text());
        assertTrue(result.text().contains("no gpu (OpenCL has no Intel GPU)"), result.text());
        ProcessBuilder gpu = builder(List.of(), "info", "--device", "gpu:0");
        gpu.environment().put("LD_LIBRARY_PATH", stub.toString());
        Result asked = finish(gpu.start());
        assertEquals(1, asked.exit(), asked.text());
        assertTrue(asked.text().contains("there is no gpu:0") && asked.text().contains("0 Intel GPUs"), asked.text());
    }

    @Test
    void twoAtOnceOnAnEmptyCacheBothWork() throws Exception {
        Process first = start(List.of(), "info", "--backend", "onednn");
        Process second = start(List.of(), "info", "--backend", "onednn");
        assertEquals(0, finish(first).exit());
        assertEquals(0, finish(second).exit());
    }

    @Test
    void aDamagedCacheFileIsReplaced() throws Exception {
        assertEquals(0, run(List.of(), "info").exit());
        Path library = cachedLibrary();
        long size = Files.size(library);
        Files.write(library, new byte[] {0x7f, 'E', 'L', 'F'});
        Result again = run(List.of(), "info", "--backend", "onednn");
        assertEquals(0, again.exit(), again.text());
        assertEquals(size, Files.size(library));
    }

    @Test
    void aLibraryThatIsNotThereMeansPlainJavaAndOneWarning() throws Exception {
        List<String> missing = List.of("-Dthalweg.onednn.library=/nowhere/libdnnl.so.3");
        Result result = run(missing, "info");
        assertEquals(0, result.exit(), result.text());
        assertTrue(result.text().contains("Backend   java"), result.text());
        assertEquals(2, result.text().split("computing in plain Java", -1).length, "one warning: " + result.text());
        assertTrue(result.text().contains("there is no file /nowhere/libdnnl.so.3"), result.text());

        Result forced = run(missing, "info", "--backend", "onednn");
        assertEquals(1, forced.exit());
        assertEquals(1, forced.text().lines().count(), forced.text());
        assertTrue(forced.text().contains("choose backend \"java\""), forced.text());
    }

    @Test
    void anotherLibraryCanBeNamed() throws Exception {
        assertEquals(0, run(List.of(), "info").exit());
        Result result = run(List.of("-Dthalweg.onednn.library=" + cachedLibrary()), "info");
        // The library alone does not bring libgomp; where the system has none, the fallback is plain Java.
        assumeTrue(result.text().contains("Backend   onednn"), result.text());
        assertTrue(result.text().contains("system property thalweg.onednn.library"), result.text());
    }

    @Test
    void aLibraryThatIsNotOneDnnIsRefusedInOneLine() throws Exception {
        Path library = Path.of("/lib/x86_64-linux-gnu/libm.so.6");
        assumeTrue(Files.exists(library), "no " + library + " here");
        Result result = run(List.of("-Dthalweg.onednn.library=" + library), "info", "--backend", "onednn");
        assertEquals(1, result.exit(), result.text());
        assertTrue(result.text().contains("lacks oneDNN's functions"), result.text());
    }

    /** On the module path: the descriptor requires everything that is used, and the natives are found on the class path. */
    @Test
    void worksAsAModule() throws Exception {
        List<String> entries = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        String natives = String.join(File.pathSeparator, entries.stream().filter(e -> e.contains("dnnl-")).toList());
        String modules = String.join(File.pathSeparator, entries.stream().filter(e -> !e.contains("test-classes") && !e.contains("dnnl-")
                && !e.contains("junit") && !e.contains("opentest4j") && !e.contains("apiguardian") && !e.contains("surefire")).toList());
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dthalweg.cache=" + cache,
                "--enable-native-access=dev.thalweg", "--module-path", modules, "-cp", natives, "-m", "dev.thalweg/dev.thalweg.cli.Main", "info")
                .redirectErrorStream(true).start();
        Result result = finish(process);
        assertEquals(0, result.exit(), result.text());
        assertTrue(result.text().contains("Backend   onednn"), result.text());
    }

    @Test
    void theBackendPropertyForcesOne() throws Exception {
        Result result = run(List.of("-Dthalweg.backend=java"), "info");
        assertTrue(result.text().contains("Backend   java"), result.text());
        assertFalse(result.text().contains("WARN"), result.text());
    }
}
