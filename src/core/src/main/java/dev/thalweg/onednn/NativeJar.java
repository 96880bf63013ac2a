package dev.thalweg.onednn;

import dev.thalweg.tensor.Scope;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The jar that holds oneDNN for a platform. On the class path, its files are the class loader's resources. On the
 * module path nothing requires it, so that it need not be part of the module graph: there it is looked for by hand.
 */
final class NativeJar {
    private NativeJar() {}

    /**
     * Opens a file of the jar.
     *
     * @param resource its name
     * @return its content, if there is such a jar
     * @throws IOException if it cannot be read
     */
    static Optional<InputStream> open(String resource) throws IOException {
        InputStream in = NativeJar.class.getClassLoader().getResourceAsStream(resource);
        if (in != null) {
            return Optional.of(in);
        }
        for (ModuleReference module : modules()) {
            Optional<InputStream> found = open(module, resource);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * The modules of this one's layer, which may have other class loaders, and those on the module path that nothing
     * requires.
     */
    private static Iterable<ModuleReference> modules() {
        ModuleLayer layer =
                Objects.requireNonNullElse(NativeJar.class.getModule().getLayer(), ModuleLayer.boot());
        Stream<ModuleReference> resolved =
                layer.configuration().modules().stream().map(m -> m.reference());
        Stream<ModuleReference> others = Arrays.stream(
                        System.getProperty("jdk.module.path", "").split(File.pathSeparator))
                .filter(p -> !p.isEmpty())
                .flatMap(NativeJar::modulesAt);
        return () -> Stream.concat(resolved, others)
                .filter(m -> m.location().isPresent()
                        && !m.location().get().getScheme().equals("jrt"))
                .iterator();
    }

    private static Stream<ModuleReference> modulesAt(String place) {
        try {
            return ModuleFinder.of(Path.of(place)).findAll().stream();
        } catch (FindException noModules) {
            return Stream.empty();
        }
    }

    private static Optional<InputStream> open(ModuleReference module, String resource) throws IOException {
        try (Scope opening = new Scope()) {
            ModuleReader reader = opening.own(module.open());
            Optional<InputStream> content = reader.open(resource);
            if (content.isEmpty()) {
                return Optional.empty();
            }
            opening.own(content.get());
            Scope open = opening.handOver();
            return Optional.of(new FilterInputStream(content.get()) {
                @Override
                public void close() {
                    open.close();
                }
            });
        }
    }
}
