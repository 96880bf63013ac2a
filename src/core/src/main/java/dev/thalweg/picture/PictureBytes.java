package dev.thalweg.picture;

import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The bytes of a picture file, wherever they lie: in a file of its own, or within another. */
public interface PictureBytes {
    /** {@return what the file is called in messages; nothing need lie there} */
    Path path();

    /**
     * Opens the bytes, each time anew.
     *
     * @return the bytes, to be closed
     * @throws IOException if they cannot be read
     */
    FileRanges open() throws IOException;

    /** Opens bytes. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens the bytes.
         *
         * @return the bytes, to be closed
         * @throws IOException if they cannot be read
         */
        FileRanges open() throws IOException;
    }

    /**
     * {@return a file of its own, whether it is there or not}
     *
     * @param file which
     */
    static PictureBytes of(Path file) {
        return new Opened(file, () -> {
            if (!Files.isRegularFile(file)) {
                throw new BadFileException(file, Files.exists(file) ? "is no regular file" : "there is no such file");
            }
            return FileRanges.open(file);
        });
    }

    /**
     * {@return a file within a container}
     *
     * @param container holds it
     * @param name of the file there, with {@code /} between its elements
     * @param opener opens it
     */
    static PictureBytes within(Path container, String name, Opener opener) {
        Path path = place(container, name);
        return new Opened(path, () -> {
            try {
                return opener.open();
            } catch (BadFileException | FileSystemException | ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                throw new BadFileException(path, String.valueOf(e.getMessage()), e);
            }
        });
    }

    /**
     * {@return a file that is in memory}
     *
     * @param name what it is called in messages
     * @param file its bytes, not copied
     */
    static PictureBytes inMemory(String name, byte[] file) {
        return within(Path.of(""), name, () -> FileRanges.of(file));
    }

    private static Path place(Path container, String name) {
        try {
            return container.resolve(name);
        } catch (InvalidPathException e) {
            // The locale's character set lacks some of its letters.
            return container.resolve(name.replaceAll("[^ -~]", "?"));
        }
    }

    /**
     * Bytes that something opens.
     *
     * @param path what the file is called
     * @param opener opens it
     */
    record Opened(Path path, Opener opener) implements PictureBytes {
        @Override
        public FileRanges open() throws IOException {
            return opener.open();
        }
    }
}
