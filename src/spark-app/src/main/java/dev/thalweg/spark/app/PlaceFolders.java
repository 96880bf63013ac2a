package dev.thalweg.spark.app;

import java.util.List;
import java.util.Optional;

/**
 * What the sub-folders of a place stand for: classes, or parts that have such ones, as the program tells them apart on
 * one machine. A place with nothing but {@code train} has parts too.
 *
 * @param place for messages
 * @param names of the sub-folders
 */
record PlaceFolders(String place, List<String> names) {
    /** What the part to learn from is called, here and in the names of tables. */
    static final String TRAIN = "train";

    /** What a part to validate with may be called. */
    static final List<String> VALIDATION = List.of("val", "valid", "validation");

    /** What the part to test on is called. */
    static final String TEST = "test";

    /** Copies the list. */
    PlaceFolders {
        names = List.copyOf(names);
    }

    /**
     * {@return the folder to learn from; empty where the place itself has the classes}
     *
     * @throws IllegalArgumentException if the place has parts, but not this one
     */
    Optional<String> train() {
        return part(TRAIN, "to learn from");
    }

    /**
     * {@return the folder to test on; empty where the place itself has the classes}
     *
     * @throws IllegalArgumentException if the place has parts, but not this one
     */
    Optional<String> tested() {
        return part(TEST, "to test on");
    }

    /**
     * {@return the folder to validate with, if there is one}
     *
     * @throws IllegalArgumentException if there are several
     */
    Optional<String> validation() {
        List<String> found =
                hasParts() ? VALIDATION.stream().filter(names::contains).toList() : List.of();
        if (found.size() > 1) {
            throw new IllegalArgumentException(place + ": expected one sub-folder to validate with, got " + found);
        }
        return found.stream().findFirst();
    }

    /** {@return the folder to test on in the end, if there is one} */
    Optional<String> test() {
        return Optional.of(TEST).filter(name -> hasParts() && names.contains(name));
    }

    private Optional<String> part(String name, String purpose) {
        if (!hasParts()) {
            return Optional.empty();
        }
        if (!names.contains(name)) {
            throw new IllegalArgumentException(place + ": expected a sub-folder " + name + " " + purpose
                    + ", or one for each class, got " + names.stream().sorted().toList());
        }
        return Optional.of(name);
    }

    /** {@return whether a part is called so} */
    static boolean isPart(String name) {
        return name.equals(TRAIN) || isBeside(name);
    }

    /** Whether a part beside that to learn from is called so. */
    private static boolean isBeside(String name) {
        return VALIDATION.contains(name) || name.equals(TEST);
    }

    /** Classes may be called as parts are: trains beside cars and planes. */
    private boolean hasParts() {
        return names.contains(TRAIN) && names.stream().anyMatch(PlaceFolders::isBeside)
                || !names.isEmpty() && names.stream().allMatch(PlaceFolders::isPart);
    }
}
