package dev.thalweg.onednn;

import dev.thalweg.memory.Scope;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The jar that holds oneDNN for a platform. It says that it requires JavaCPP's module, which is neither needed nor
 * there: so it is never resolved as a module, but read as a file, wherever it lies. It is looked for in the place that
 * {@code thalweg.natives} names, and in no other then; else on the class path, on the module path, beside the jar of
 * this module, and, in an image that jlink made, in its directory {@code natives}.
 */
final class NativeJar {
    /** The system property that names the jar, or a directory with it. */
    static final String PROPERTY = "thalweg.natives";

    private static final String IN_IMAGE = "natives";

    private NativeJar() {}

    /**
     * Opens a file of the jar.
     *
     * @param resource its name
     * @return its content, if there is such a jar
     * @throws IOException if it cannot be read
     */
    static Optional<InputStream> open(String resource) throws IOException {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            Path place = Path.of(named);
            if (!Files.exists(place)) {
                throw new NoSuchFileException(place + ", which " + PROPERTY + " names");
            }
            return open(List.of(place), resource);
        }
        InputStream in = NativeJar.class.getClassLoader().getResourceAsStream(resource);
        return in != null ? Optional.of(in) : open(places(), resource);
    }

    private static List<Path> places() {
        List<Path> places = new ArrayList<>();
        Arrays.stream(System.getProperty("jdk.module.path", "").split(File.pathSeparator))
                .filter(place -> !place.isEmpty())
                .map(Path::of)
                .forEach(places::add);
        ModuleLayer layer = NativeJar.class.getModule().getLayer();
        if (layer != null) {
            layer.configuration()
                    .findModule(NativeJar.class.getModule().getName())
                    .flatMap(module -> module.reference().location())
                    .map(NativeJar::beside)
                    .ifPresent(places::add);
        }
        return places;
    }

    private static Path beside(URI module) {
        return module.getScheme().equals("file")
                ? Path.of(module).resolveSibling("")
                : Path.of(System.getProperty("java.home"), IN_IMAGE);
    }

    /** Looks into jars, into directories of jars, and into directories that hold what a jar does. */
    private static Optional<InputStream> open(List<Path> places, String resource) throws IOException {
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                Optional<InputStream> found = Files.exists(place) ? openIn(place, resource) : Optional.empty();
                if (found.isPresent()) {
                    return found;
                }
                continue;
            }
            if (Files.isRegularFile(place.resolve(resource))) {
                return Optional.of(Files.newInputStream(place.resolve(resource)));
            }
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(place, "*.jar")) {
                for (Path jar : jars) {
                    Optional<InputStream> found = openIn(jar, resource);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<InputStream> openIn(Path jar, String resource) throws IOException {
        try (Scope opening = new Scope()) {
            ZipFile zip = opening.own(new ZipFile(jar.toFile()));
            ZipEntry entry = zip.getEntry(resource);
            if (entry == null) {
                return Optional.empty();
            }
            InputStream content = opening.own(zip.getInputStream(entry));
            Scope open = opening.handOver();
            return Optional.of(new FilterInputStream(content) {
                @Override
                public void close() {
                    open.close();
                }
            });
        }
    }
}
