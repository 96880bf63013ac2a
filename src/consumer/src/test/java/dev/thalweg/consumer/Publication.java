package dev.thalweg.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/** What the other modules built, laid out as a repository under {@code target}, as it will be published. */
final class Publication {
    static final String VERSION = System.getProperty("thalweg.test.version");
    static final String PLATFORM = System.getProperty("thalweg.test.platform");
    /** Those for which oneDNN is published. */
    static final List<String> PLATFORMS =
            List.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");
    /** Where this machine's Maven keeps what it has got; projects here get from it what they need beside ours. */
    static final Path MACHINE = Path.of(System.getProperty("thalweg.test.repository"));

    private static final Path SOURCES = Path.of("..").toAbsolutePath().normalize();

    private Publication() {}

    /** {@return where each artifact is built, by its name} */
    static SequencedMap<String, Path> modules() {
        SequencedMap<String, Path> modules = new TreeMap<>(Map.of(
                "thalweg",
                SOURCES.resolve("core"),
                "thalweg-pictures",
                SOURCES.resolve("pictures"),
                "thalweg-parquet",
                SOURCES.resolve("parquet"),
                "thalweg-interop",
                SOURCES.resolve("interop"),
                "thalweg-serve",
                SOURCES.resolve("serve"),
                "thalweg-spark",
                SOURCES.resolve("spark"),
                "thalweg-spark-app",
                SOURCES.resolve("spark-app"),
                "thalweg-app",
                SOURCES.resolve("app"),
                "thalweg-natives",
                SOURCES.resolve("natives")));
        for (String platform : PLATFORMS) {
            modules.put(
                    "thalweg-natives-" + platform, SOURCES.resolve("natives").resolve(platform));
        }
        return modules;
    }

    static Path pom(Path module) {
        return module.resolve("target/published-pom.xml");
    }

    /** {@return a repository with all of them} */
    static Path repository() throws IOException {
        Path repository = Path.of("target/published").toAbsolutePath();
        for (Map.Entry<String, Path> module : modules().entrySet()) {
            String name = module.getKey();
            Path place = repository.resolve("dev/thalweg").resolve(name).resolve(VERSION);
            Files.createDirectories(place);
            copy(pom(module.getValue()), place.resolve(name + "-" + VERSION + ".pom"));
            Path target = module.getValue().resolve("target");
            // The program's file has a name of its own.
            for (String jar : List.of(name + "-" + VERSION + ".jar", "thalweg.jar")) {
                if (Files.exists(target.resolve(jar))) {
                    copy(target.resolve(jar), place.resolve(name + "-" + VERSION + ".jar"));
                }
            }
        }
        return repository;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
}
