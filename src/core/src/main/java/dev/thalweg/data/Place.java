package dev.thalweg.data;

import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A folder or a file in the folder of pictures, be that on disk or in a container. */
sealed interface Place permits DiskPlace, ContainerPlace {
    /**
     * A file by its name.
     *
     * @param name from the folder of pictures on, with {@code /} between its elements
     * @param size in bytes
     * @param bytes of it
     */
    record Found(String name, long size, PictureBytes bytes) {}

    /**
     * All files in a folder and the folders within it; names go from the folder of pictures on.
     *
     * @param files that count
     * @param passedOver folders that do not, with the reason
     * @param leftOut files that do not, with the reason
     */
    record Contents(List<Found> files, Map<String, String> passedOver, Map<String, String> leftOut) {}

    /** {@return its name from the folder of pictures on, with {@code /} between its elements; empty for that itself} */
    String name();

    /** {@return the last element of its name} */
    default String last() {
        return name().substring(name().lastIndexOf('/') + 1);
    }

    boolean isFolder();

    /** {@return what lies in this folder, ordered by name} */
    List<Place> children() throws IOException;

    /** {@return a folder within this one; empty if there is none of that name} */
    Optional<Place> folder(String child);

    /** {@return a file in this folder or a folder within it, whether it is there or not; then its size is 0} */
    Found file(String path) throws IOException;

    /** {@return what this folder and the folders within it hold} */
    Contents contents() throws IOException;
}
