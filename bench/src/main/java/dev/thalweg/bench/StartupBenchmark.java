package dev.thalweg.bench;

import dev.thalweg.Model;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A JVM from its start to its end after a first result, {@link FirstResult}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2)
@Measurement(iterations = 10)
public class StartupBenchmark {
    /**
     * Where its classes come from: the jars, an archive of the JVM, or an AOT cache, which holds them linked and which
     * JDK 25 and later write in one go; {@code unpacking} has no native cache.
     */
    @Param({"unpacking", "jars", "archive", "aot"})
    public String classes;

    /** What it does. */
    @Param({"prediction", "step"})
    public String result;

    /** The first JDK that writes an AOT cache in one go. */
    private static final int AOT_CACHE = 25;

    private Path folder;
    private List<String> command;

    /** Packs the class path, since an archive takes jars alone, and saves a model. */
    @Setup(Level.Trial)
    public void install() throws IOException, InterruptedException {
        if (classes.equals("aot") && Runtime.version().feature() < AOT_CACHE) {
            // JMH notes it and goes on with what is left.
            throw new UnsupportedOperationException(
                    "an AOT cache is written by JDK " + AOT_CACHE + " or later, not by " + Runtime.version());
        }
        folder = Files.createTempDirectory("thalweg-startup");
        Path model = folder.resolve("model.safetensors");
        try (Model cnn = Model.of(Networks.cnn(Shape.of(3, 32, 32), 10))) {
            cnn.save(model);
        }
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path place = Path.of(entry);
            jars.add(Files.isDirectory(place) ? packed(place, "classes" + jars.size() + ".jar") : entry);
        }
        List<String> start = List.of(FirstResult.class.getName(), result, model.toString());
        Path archive = folder.resolve("classes.jsa");
        Path cache = folder.resolve("classes.aot");
        switch (classes) {
            case "archive" -> run(jvm(jars, "-XX:ArchiveClassesAtExit=" + archive, start));
            case "aot" -> run(jvm(jars, "-XX:AOTCacheOutput=" + cache, start));
            default -> {}
        }
        command = jvm(
                jars,
                switch (classes) {
                    case "archive" -> "-XX:SharedArchiveFile=" + archive;
                    case "aot" -> "-XX:AOTCache=" + cache;
                    case "unpacking" -> "-Dthalweg.cache=" + folder.resolve("cache");
                    default -> "-Xshare:auto";
                },
                start);
    }

    private static List<String> jvm(List<String> jars, String option, List<String> start) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:disable",
                option,
                "-cp",
                String.join(File.pathSeparator, jars)));
        command.addAll(start);
        return command;
    }

    private String packed(Path classes, String name) throws IOException {
        Path jar = folder.resolve(name);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(jar));
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, entries);
            }
        }
        return jar.toString();
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException("exit code " + code + " of " + command);
        }
    }

    /** Has the libraries unpacked again. */
    @TearDown(Level.Invocation)
    public void forget() throws IOException {
        delete(folder.resolve("cache"));
    }

    /** Removes what was installed. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        delete(folder);
    }

    private static void delete(Path place) throws IOException {
        if (Files.exists(place)) {
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** One process. */
    @Benchmark
    public void start() throws IOException, InterruptedException {
        run(command);
    }
}
