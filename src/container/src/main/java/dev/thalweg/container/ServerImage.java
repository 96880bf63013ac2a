package dev.thalweg.container;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Makes the image: a tar of the Open Container Initiative's layout, upon another image, which needs glibc and nothing
 * else. What changes least lies lowest: the JVM, oneDNN, the libraries, the program.
 */
public final class ServerImage {
    private static final String NAME = "thalweg";
    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/opt/thalweg");
    /** Who has no name and no rights in any image; by number, so that Kubernetes sees that it is not root. */
    private static final String NOBODY = "65532";

    /** Where {@code thalweg serve} listens unless it is told another. */
    private static final int PORT = 8080;

    private ServerImage() {}

    /**
     * Makes the image.
     *
     * @param arguments the image upon which it is made, as Jib names it: one in a registry, or {@code tar://FILE}; the
     *     directory with {@code thalweg.jar} and {@code lib}; one to work in; the file that is written; the version
     * @throws Exception if a file, a program that is started, or Jib fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 5) {
            throw new IllegalArgumentException("expected the base image, the program's directory, one to work in, the"
                    + " file to write and the version, got " + List.of(arguments));
        }
        Path work = Path.of(arguments[2]);
        Path file = Path.of(arguments[3]);
        Installation files = Installation.make(Path.of(arguments[1]), work.resolve("image"));
        Files.deleteIfExists(file);
        JibContainerBuilder image = Jib.from(arguments[0])
                .setFormat(ImageFormat.OCI)
                .setPlatforms(Set.of(new Platform(architecture(), "linux")))
                .setFileEntriesLayers(
                        layer(files.jvm()),
                        layer(files.natives()),
                        layer(files.libraries()),
                        layer(files.program(), files.archive(), files.notices()))
                .setUser(NOBODY)
                .setExposedPorts(Port.tcp(PORT))
                .addLabel("org.opencontainers.image.title", NAME)
                .addLabel("org.opencontainers.image.version", arguments[4])
                .setEntrypoint(
                        inImage(files.jvm()) + "/bin/java",
                        "-XX:SharedArchiveFile=" + inImage(files.archive()),
                        // It would write to /tmp, where nothing can be written.
                        "-XX:-UsePerfData",
                        "-Dthalweg.cache=" + inImage(files.natives()),
                        "-jar",
                        inImage(files.program()),
                        "serve",
                        "--host",
                        "0.0.0.0")
                .setProgramArguments("/models");
        image.containerize(Containerizer.to(TarImage.at(file).named(NAME + ":" + arguments[4]))
                .setBaseImageLayersCache(work.resolve("base-layers"))
                .setApplicationLayersCache(work.resolve("layers"))
                .setOfflineMode(arguments[0].startsWith("tar://")));
        System.out.println("The image " + NAME + ":" + arguments[4] + " is " + file);
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case String other ->
                throw new IllegalStateException("oneDNN is there for amd64 and aarch64, this JVM is of " + other);
        };
    }

    private static FileEntriesLayer layer(Path... files) throws IOException {
        FileEntriesLayer.Builder layer =
                FileEntriesLayer.builder().setName(files[0].getFileName().toString());
        for (Path file : files) {
            layer.addEntryRecursive(file, AbsoluteUnixPath.get(inImage(file)), (source, _) -> permissions(source));
        }
        return layer.build();
    }

    private static String inImage(Path file) {
        return HOME.resolve(file.getFileName()).toString();
    }

    /** For everybody to read, and to execute where its owner can. */
    private static FilePermissions permissions(Path source) {
        return FilePermissions.fromOctalString(Files.isExecutable(source) ? "755" : "644");
    }
}
