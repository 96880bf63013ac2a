package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.ForkedJvm;
import dev.thalweg.ForkedJvm.Result;
import dev.thalweg.Model;
import dev.thalweg.cli.Main;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.opencl.OpenClLoader;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loading happens once in a JVM, so each way of it gets a JVM of its own. */
class ForkedLoadTest {
    @TempDir
    private Path cache;

    private ProcessBuilder builder(List<String> options, String... arguments) {
        return new ForkedJvm()
                .with("-Dthalweg.cache=" + cache)
                .with(options.toArray(String[]::new))
                .builder(Main.class, arguments);
    }

    private Result run(List<String> options, String... arguments) throws Exception {
        return ForkedJvm.finish(builder(options, arguments).start());
    }

    /** Starts the program where no cache is named. */
    private Result unnamed(String home, Map<String, String> environment, String... options) throws Exception {
        ProcessBuilder info = new ForkedJvm()
                .with("-Duser.home=" + home, "-Djava.io.tmpdir=" + Files.createDirectories(cache.resolve("tmp")))
                .with(options)
                .builder(Main.class, "info");
        info.directory(cache.toFile());
        info.environment().remove("XDG_CACHE_HOME");
        info.environment().putAll(environment);
        return ForkedJvm.finish(info.start());
    }

    private Path cachedLibrary() throws IOException {
        try (var files = Files.walk(cache)) {
            return files.filter(f -> f.getFileName().toString().matches(".*dnnl.*(so.3|dylib|dll)"))
                    .findFirst()
                    .orElseThrow();
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
        Result gpu = run(
                List.of(),
                "train",
                "--device",
                "gpu",
                "--epochs",
                "1",
                "--output",
                cache.resolve("run").toString());
        assertEquals(1, gpu.exit(), gpu.text());
        assertTrue(gpu.text().contains("no OpenCL loader library"), gpu.text());
        assertEquals(1, gpu.text().lines().count(), gpu.text());
    }

    @Test
    void withALoaderAndNoDriverThereIsNoGpuAndASentence() throws Exception {
        Path stub = Path.of(
                        System.getProperty("thalweg.test.native", "../../target/native/release"),
                        "opencl-without-drivers")
                .toAbsolutePath();
        assumeTrue(Files.exists(stub.resolve("libOpenCL.so.1")), "the stub is not built");
        ProcessBuilder info = builder(List.of(), "info");
        info.environment().put("LD_LIBRARY_PATH", stub.toString());
        Result result = ForkedJvm.finish(info.start());
        assertEquals(0, result.exit(), result.text());
        assertTrue(result.text().contains("no gpu (OpenCL has no Intel GPU)"), result.text());
        ProcessBuilder gpu = builder(List.of(), "info", "--device", "gpu:0");
        gpu.environment().put("LD_LIBRARY_PATH", stub.toString());
        Result asked = ForkedJvm.finish(gpu.start());
        assertEquals(1, asked.exit(), asked.text());
        assertTrue(asked.text().contains("there is no gpu:0") && asked.text().contains("0 Intel GPUs"), asked.text());
    }

    @Test
    void twoAtOnceOnAnEmptyCacheBothWork() throws Exception {
        Process first = builder(List.of(), "info", "--backend", "onednn").start();
        Process second = builder(List.of(), "info", "--backend", "onednn").start();
        assertEquals(0, ForkedJvm.finish(first).exit());
        assertEquals(0, ForkedJvm.finish(second).exit());
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

    /**
     * The descriptor requires everything that is used; the natives, which it cannot require, are found wherever they
     * are.
     */
    @ParameterizedTest
    @ValueSource(strings = {"on the class path", "on the module path", "in a directory of the module path"})
    void worksAsAModuleWithAnEmptyCache(String natives) throws Exception {
        List<String> entries = ForkedJvm.runtimeClassPath();
        String jar =
                entries.stream().filter(e -> e.contains("dnnl-")).findFirst().orElseThrow();
        List<String> modules = new ArrayList<>(entries);
        if (natives.equals("on the class path") || natives.startsWith("in a directory")) {
            modules.remove(jar);
        }
        if (natives.startsWith("in a directory")) {
            Path directory = Files.createDirectory(cache.resolve("jars"));
            Files.copy(Path.of(jar), directory.resolve(Path.of(jar).getFileName()));
            modules.add(directory.toString());
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dthalweg.cache=" + cache,
                "--enable-native-access=dev.thalweg",
                "--module-path",
                String.join(File.pathSeparator, modules)));
        if (natives.equals("on the class path")) {
            command.addAll(List.of("-cp", jar));
        }
        command.addAll(List.of("-m", "dev.thalweg.app/dev.thalweg.cli.Main", "info"));
        ForkedJvm.finish(new ProcessBuilder(command).redirectErrorStream(true).start())
                .expect(0, "Backend   onednn");
    }

    @Test
    @EnabledForJreRange(minVersion = 24)
    void aRefusedNativeAccessMeansPlainJavaAndTheReason() throws Exception {
        ForkedJvm refusing =
                new ForkedJvm().nativeAccess("--illegal-native-access=deny").with("-Dthalweg.cache=" + cache);
        Result info = refusing.run(Main.class, "info")
                .expect(
                        0,
                        "Backend   java",
                        "Java was told to refuse native access",
                        "--enable-native-access=ALL-UNNAMED");
        assertFalse(info.text().contains("Error"), info.text());
        Result forced = refusing.run(Main.class, "info", "--backend", "onednn")
                .expect(1, "cannot be used: Java was told to refuse native access");
        assertEquals(1, forced.text().lines().count(), forced.text());
        refusing.run(Main.class, "info", "--device", "gpu").expect(1, "Java was told to refuse native access");
        refusing.run(Trainer.class).expect(0, "java trained 1");
    }

    /** A program that trains a little. */
    static final class Trainer {
        public static void main(String[] arguments) {
            try (DataSplit data = ShapesDataset.generate(20, 10, 1);
                    Model model = Model.sequential(
                                    Shape.of(3, 32, 32),
                                    new Conv2D(2, 3),
                                    new Flatten(),
                                    new Dense(10, Activation.SOFTMAX))
                            .compile(new SGD(0.01), new CategoricalCrossentropy())) {
                System.out.println(model.backend().name() + " trained "
                        + model.fit(data.train(), Fit.epochs(1)).epochs().size());
            }
        }
    }

    @Test
    void aRelativeCacheIsMadeWhereTheProgramStarts() throws Exception {
        unnamed(cache.toString(), Map.of(), "-Dthalweg.cache=here/natives")
                .expect(0, "Backend   onednn", cache.resolve("here/natives").toString());
    }

    @Test
    void aUserWithoutAHomeHasATemporaryCache() throws Exception {
        for (Map<String, String> environment :
                List.of(Map.<String, String>of(), Map.of("XDG_CACHE_HOME", "relative"))) {
            unnamed("?", environment).expect(0, "Backend   onednn", "temporary directory: there is no home directory");
        }
        try (Stream<Path> left = Files.list(cache.resolve("tmp"))) {
            assertEquals(List.of(), left.toList());
        }
        try (Stream<Path> left = Files.list(cache)) {
            assertEquals(
                    List.of("tmp"), left.map(p -> p.getFileName().toString()).toList());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aHomeThatCannotBeUsedIsPassedOver() throws Exception {
        Path open = Files.createDirectories(cache.resolve("home/.cache"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        unnamed(open.getParent().toString(), Map.of())
                .expect(0, "Backend   onednn", "temporary directory: " + open + " may be written by other users");
        Path file = Files.createFile(cache.resolve("file"));
        unnamed(file.toString(), Map.of())
                .expect(0, "Backend   onednn", "temporary directory: cannot use the file or directory");
        // A cache that is named must be usable, and where nothing is, plain Java computes.
        unnamed(file.toString(), Map.of(), "-Dthalweg.cache=" + open)
                .expect(0, "Backend   java", open + " may be written by other users");
        unnamed(file.toString(), Map.of(), "-Djava.io.tmpdir=/nowhere")
                .expect(0, "Backend   java", "and in a temporary directory: ");
        unnamed(Files.createDirectory(cache.resolve("good")).toString(), Map.of(), "-Djava.io.tmpdir=/nowhere")
                .expect(0, "Backend   onednn");
    }

    /** Nobody waits for 89 MB that nothing uses. */
    @Test
    void nothingIsUnpackedForPlainJava() throws Exception {
        Path away = cache.resolve("none.safetensors");
        for (List<String> words : List.of(List.of("--backend", "java"), List.of("--backend=JAVA"))) {
            List<String> line = new ArrayList<>(words);
            line.addFirst("predict");
            line.addAll(List.of(away.toString(), "x.png"));
            Result result = run(List.of(), line.toArray(String[]::new));
            assertTrue(result.exit() != 0 && result.text().contains("none.safetensors"), result.text());
            try (Stream<Path> left = Files.list(cache)) {
                assertEquals(List.of(), left.toList());
            }
        }
    }

    @Test
    void aWrongWayToConvolveIsRefusedBeforeAnythingIsDone() throws Exception {
        Path folder = cache.resolve("run");
        String refusal = "thalweg.convolution is \"fast\": expected fastest, direct, fold, product, winograd";
        List<String> wrong = List.of("-Dthalweg.convolution=fast");
        Result train = run(wrong, "train", "--data", "/nowhere", "--output", folder.toString());
        train.expect(1, refusal);
        assertEquals(1, train.text().lines().count(), train.text());
        assertFalse(Files.exists(folder), "a folder for a training that cannot be");
        run(wrong, "info").expect(1, refusal);
        run(wrong, "info", "--backend", "java").expect(1, refusal);
    }

    @Test
    void infoTellsAWayToConvolveThatIsSet() throws Exception {
        run(List.of("-Dthalweg.convolution=winograd"), "info").expect(0, "Setting   thalweg.convolution=winograd");
        assertFalse(run(List.of(), "info").text().contains("Setting"), "none is set");
    }

    @Test
    void theBackendPropertyForcesOne() throws Exception {
        Result result = run(List.of("-Dthalweg.backend=java"), "info");
        assertTrue(result.text().contains("Backend   java"), result.text());
        assertFalse(result.text().contains("WARN"), result.text());
    }
}
