package dev.thalweg.picture;

import dev.thalweg.io.BadFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** The artifact that reads what the JDK cannot; it may be absent. */
public final class PicturesArtifact {
    private static final String NAME = "dev.thalweg:thalweg-pictures";

    private PicturesArtifact() {}

    /**
     * Finds what it provides, on the class path and on the module path, or in the layer of modules that holds this one.
     *
     * @param service which
     * @param <S> the service
     * @return its providers; none where the artifact is absent
     */
    public static <S> List<S> providers(Class<S> service) {
        ModuleLayer layer = PicturesArtifact.class.getModule().getLayer();
        ServiceLoader<S> found = layer == null || layer == ModuleLayer.boot()
                ? ServiceLoader.load(service, PicturesArtifact.class.getClassLoader())
                : ServiceLoader.load(layer, service);
        return found.stream().map(ServiceLoader.Provider::get).toList();
    }

    /**
     * {@return the refusal of a file that only this artifact can read}
     *
     * @param file which
     * @param kind what it is, such as {@code a WEBP picture}
     */
    public static BadFileException absent(Path file, String kind) {
        return absent(file, kind, NAME);
    }

    /**
     * {@return the refusal of a file that only another artifact can read, whose providers are found here too}
     *
     * @param file which
     * @param kind what it is, such as {@code a Parquet file}
     * @param artifact its name, with the group
     */
    public static BadFileException absent(Path file, String kind, String artifact) {
        return new BadFileException(
                file,
                "is " + kind + ", which the artifact " + artifact
                        + " reads; it is not here: add it to the class path or module path");
    }
}
