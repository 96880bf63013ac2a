package dev.thalweg.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Native libraries unpacked to files, each in a directory named by its SHA-256. A file is checked before every use and
 * replaced when it is not what its name says; it appears by an atomic move, so JVMs that start together do not disturb
 * each other.
 */
final class NativeCache {
    /** Gives the bytes of a library. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    private final Path root;

    NativeCache(Path root) {
        this.root = root;
    }

    /** {@code thalweg.cache}, else {@code XDG_CACHE_HOME}, else {@code LOCALAPPDATA}, else {@code ~/.cache}. */
    static NativeCache ofUser() {
        String chosen = System.getProperty("thalweg.cache");
        if (chosen != null) {
            return new NativeCache(Path.of(chosen));
        }
        String base = System.getenv("XDG_CACHE_HOME");
        if (base == null || base.isBlank()) {
            base = System.getenv("LOCALAPPDATA");
        }
        Path directory = base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return new NativeCache(directory.resolve("thalweg").resolve("natives"));
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
        Path file = root.resolve(directory).resolve(name);
        if (Files.isRegularFile(file) && sha256.equals(digest(Files.newInputStream(file), null))) {
            return file;
        }
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(file.getParent(), name, ".part");
        try {
            String got = digest(source.open(), temporary);
            if (!got.equals(sha256)) {
                throw new IOException("library " + name + " has SHA-256 " + got + ", expected " + sha256
                        + ": the jar on the class path is damaged or of another version");
            }
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return file;
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Reads a stream to its end, copying it to a file if one is given. */
    private static String digest(InputStream from, Path copy) throws IOException {
        try (DigestInputStream in = new DigestInputStream(from, MessageDigest.getInstance("SHA-256"))) {
            if (copy == null) {
                byte[] buffer = new byte[1 << 16];
                while (in.read(buffer) >= 0) {
                    // The stream digests what passes.
                }
            } else {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
