package dev.thalweg.spark;

import java.util.ArrayList;

/**
 * A picture that lies in a file with others.
 *
 * @param path of the file
 * @param from where it begins there
 * @param length in bytes
 * @param name what it is called
 * @param targets what is said of it, as text: a class, labels, or numbers
 */
record StagedPicture(String path, long from, int length, String name, ArrayList<String> targets) implements StagedRow {
    /** {@return where it lies, without what is said of it} */
    StagedPicture withoutTargets() {
        return new StagedPicture(path, from, length, name, new ArrayList<>(0));
    }
}
