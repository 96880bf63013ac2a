package dev.thalweg.data;

import dev.thalweg.picture.PictureBytes;
import java.util.Optional;

/**
 * A file of a folder of pictures.
 *
 * @param file its bytes
 * @param part what its sub-folder is for; empty where the folder has no parts
 * @param className of the sub-folder it lies in, or that a table gives it; empty where there are no classes
 * @param name from the folder on, with {@code /} between its elements
 * @param size in bytes
 */
record LabelledFile(PictureBytes file, Optional<Part> part, String className, String name, long size) {
    /** {@return what tells it from others of whatever part: its name from its class on, and its size} */
    String identity() {
        return (part.isEmpty() ? name : name.substring(name.indexOf('/') + 1)) + " " + size;
    }
}
