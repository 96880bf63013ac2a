package dev.thalweg.data.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Lists the files in a container, of which each can be read by itself: an archive for instance. Nothing stays open, and
 * nothing is unpacked, unless it could not be read by itself. Found by {@link java.util.ServiceLoader}.
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
     * {@return whether containers are tables, a row for each picture: the files are listed in folders of their classes,
     * and what a table is for, to train or to test, its own name says}
     */
    default boolean readsTables() {
        return false;
    }

    /**
     * Lists what a container holds.
     *
     * @param container which
     * @return the files in it, without folders
     * @throws IOException if it is damaged or cut off
     */
    List<ContainedFile> list(Path container) throws IOException;
}
