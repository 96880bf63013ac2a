package dev.thalweg.onednn;

import dev.thalweg.files.AtomicFile;
import dev.thalweg.files.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Native libraries unpacked to files, each in a directory named by its SHA-256. A file is checked before every use and
 * replaced when it is not what its name says; it appears by an atomic move, so JVMs that start together do not disturb
 * each other. The directories are {@linkplain PrivateDirectory private}, so that what was checked is what is loaded.
 */
final class NativeCache implements AutoCloseable {
    /** The system property that names another directory than the usual one. */
    static final String PROPERTY = "thalweg.cache";
    /** After so long, nobody is unpacking a library any more. */
    private static final Duration LEFT = Duration.ofHours(1);

    private static final String PART = ".part";

    /** Digested at a time: a program that has just begun takes longer for many small pieces. */
    private static final int PIECE = 1 << 18;

    /** Gives the bytes of a library. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    private final Path root;
    private final boolean temporary;
    private final List<Path> files = new ArrayList<>();

    NativeCache(Path root) {
        this(root, false);
    }

    private NativeCache(Path root, boolean temporary) {
        this.root = root;
        this.temporary = temporary;
    }

    /**
     * The directory of this user, for all programs to come: {@code thalweg.cache}, else in {@code XDG_CACHE_HOME}, else
     * in {@code LOCALAPPDATA}, else in {@code ~/.cache}. There is none where nothing is set and the user has no home,
     * as in many containers; Java calls that {@code ?}. A relative directory is none either, except where the property
     * names it.
     */
    static Optional<NativeCache> ofUser() {
        String chosen = System.getProperty(PROPERTY);
        if (chosen != null) {
            return Optional.of(new NativeCache(Path.of(chosen).toAbsolutePath()));
        }
        Stream<Path> bases = Stream.concat(
                Stream.of("XDG_CACHE_HOME", "LOCALAPPDATA")
                        .map(System::getenv)
                        .filter(v -> v != null && !v.isBlank())
                        .map(Path::of),
                Stream.of(Path.of(System.getProperty("user.home"), ".cache")));
        return bases.filter(Path::isAbsolute)
                .findFirst()
                .map(base -> new NativeCache(base.resolve("thalweg").resolve("natives")));
    }

    /** A directory for this program alone, to be closed, and so removed, once the libraries are loaded. */
    static NativeCache temporary() throws IOException {
        return new NativeCache(Files.createTempDirectory("thalweg-natives"), true);
    }

    /**
     * Returns a library as a file.
     *
     * @param directory the digest that names the directory: libraries that load each other share one
     * @param name the file's name
     * @param sha256 what the file's content must have
     * @param source where the content comes from if the file is missing or wrong
     * @throws IOException if the content is wrong or cannot be written
     */
    Path file(String directory, String name, String sha256, Source source) throws IOException {
        Path place = PrivateDirectory.make(root.resolve(directory));
        Path file = place.resolve(name);
        files.add(file);
        if (!holds(file, sha256)) {
            removeLeftovers(place);
            unpack(file, sha256, source);
        }
        return file;
    }

    private static boolean holds(Path file, String sha256) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && PrivateDirectory.isOurs(file)
                && sha256.equals(digest(Files.newInputStream(file), OutputStream.nullOutputStream()));
    }

    private static void unpack(Path file, String sha256, Source source) throws IOException {
        Path temporary =
                Files.createTempFile(file.getParent(), file.getFileName().toString(), PART);
        try {
            String got;
            try (OutputStream out = Files.newOutputStream(temporary)) {
                got = digest(source.open(), out);
            }
            if (!got.equals(sha256)) {
                throw new IOException("library " + file.getFileName() + " has SHA-256 " + got + ", expected " + sha256
                        + ": the jar on the class path is damaged or of another version");
            }
            AtomicFile.move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
        // What is on the disk, not what was meant to be written there.
        if (!holds(file, sha256)) {
            throw new IOException(file + " was changed while it was written");
        }
    }

    /** Removes what a program that was killed had begun to unpack. */
    private static void removeLeftovers(Path place) throws IOException {
        FileTime since = FileTime.from(Instant.now().minus(LEFT));
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(place, "*" + PART)) {
            for (Path part : parts) {
                try {
                    if (Files.getLastModifiedTime(part).compareTo(since) < 0) {
                        Files.delete(part);
                    }
                } catch (NoSuchFileException e) {
                    // Another program has just finished it.
                }
            }
        }
    }

    /** Removes a temporary directory; a file that the system does not let go of yet, when the JVM ends. */
    @Override
    public void close() throws IOException {
        if (temporary) {
            for (Path path : Stream.of(files.stream(), files.stream().map(Path::getParent), Stream.of(root))
                    .flatMap(s -> s)
                    .distinct()
                    .toList()) {
                try {
                    Files.deleteIfExists(path);
                } catch (FileSystemException e) {
                    path.toFile().deleteOnExit();
                }
            }
        }
    }

    /** Reads a stream to its end, copying it. */
    private static String digest(InputStream from, OutputStream copy) throws IOException {
        MessageDigest digest = Digests.sha256();
        byte[] piece = new byte[PIECE];
        try (from) {
            for (int read = from.read(piece); read >= 0; read = from.read(piece)) {
                digest.update(piece, 0, read);
                copy.write(piece, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
