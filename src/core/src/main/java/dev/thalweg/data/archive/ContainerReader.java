package dev.thalweg.data.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Lists the files in a container, of which each can be read by itself: an archive for instance. Nothing is unpacked,
 * and nothing stays open. Found by {@link java.util.ServiceLoader}.
 */
public interface ContainerReader {
    /** How many bytes of a container's beginning tell its kind. */
    int HEAD = 512;

    /** {@return what containers it reads, for people, such as {@code .zip}} */
    String kind();

    /**
     * {@return whether it reads a container, by its content}
     *
     * @param head its first {@value #HEAD} bytes, or all if it has fewer
     */
    boolean reads(byte[] head);

    /**
     * Lists what a container holds.
     *
     * @param container which
     * @return the files in it, without folders
     * @throws IOException if it is damaged or cut off
     */
    List<ContainedFile> list(Path container) throws IOException;
}
