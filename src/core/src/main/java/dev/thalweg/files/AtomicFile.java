package dev.thalweg.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Writes files so that a reader sees the old content or the new, never a part. */
public final class AtomicFile {
    private static final Pattern PART = Pattern.compile(".+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part");

    /** Writes a file's content. */
    @FunctionalInterface
    public interface Writer {
        /**
         * Writes everything.
         *
         * @param out to where; to be flushed, not closed
         * @throws IOException if it cannot be written
         */
        void write(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes a file under a temporary name beside it and moves it into place; directories that are missing are made.
     *
     * @param file where; what stood there is replaced in one move
     * @param writer writes the content
     * @throws IOException if it cannot be written; what stood there is untouched then
     */
    public static void write(Path file, Writer writer) throws IOException {
        Path absolute = file.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        Optional<Part> opened = Optional.empty();
        while (opened.isEmpty()) {
            opened = Part.beside(absolute);
        }
        Part part = opened.get();
        try (LockedFile content = part.content()) {
            writer.write(Channels.newOutputStream(content.channel()));
            content.channel().force(true);
            move(part.path(), absolute);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // Of a full disk, a channel does not say where.
            throw new IOException(file + ": " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(part.path());
        }
    }

    /** A file that is being written, locked so that nobody takes it for a leftover. */
    private record Part(Path path, LockedFile content) {
        /** None where somebody removes leftovers just now and was the first to lock it. */
        static Optional<Part> beside(Path file) throws IOException {
            // Not a file for its owner alone, as Java's temporary files are: it becomes the file that others may be
            // meant to read.
            Path path = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".part");
            Optional<LockedFile> content =
                    LockedFile.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (content.isPresent() && Files.notExists(path)) {
                content.get().close();
                return Optional.empty();
            }
            return content.map(c -> new Part(path, c));
        }
    }

    /**
     * Removes what was being written into a directory when a process was killed. What a running one writes stays, and
     * so does what may not be removed.
     *
     * @param directory in which {@link #write} writes
     * @throws IOException if it cannot be listed
     */
    public static void removeLeftovers(Path directory) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(
                directory, file -> PART.matcher(file.getFileName().toString()).matches())) {
            for (Path part : parts) {
                removeIfLeft(part);
            }
        }
    }

    private static void removeIfLeft(Path part) throws IOException {
        try (LockedFile left = LockedFile.open(part, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                .orElse(null)) {
            if (left != null && left.keepsProcessesOut()) {
                Files.deleteIfExists(part);
            }
        } catch (FileSystemException e) {
            // Somebody else's, or gone already.
        }
    }

    /**
     * Moves a file to a place, in one step where the file system can do that.
     *
     * @param from what to move
     * @param to where; what stands there is replaced
     * @throws IOException if it cannot be moved
     */
    public static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
