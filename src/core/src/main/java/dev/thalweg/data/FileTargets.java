package dev.thalweg.data;

import dev.thalweg.text.Counted;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Targets of a folder's picture files, as a table tells them.
 *
 * @param files names from the folder on, with {@code /} between their elements: {@code holidays/1.jpg}; each once
 * @param targets of these files, in the same order
 */
public record FileTargets(List<String> files, Targets targets) {
    /** Checks that there is one row for each file. */
    public FileTargets {
        files = List.copyOf(files);
        if (files.isEmpty() || files.size() != targets.size()) {
            throw new IllegalArgumentException("targets of files: expected at least one file, and a row for each, got "
                    + Counted.of(files.size(), "file") + " and " + Counted.of(targets.size(), "row"));
        }
        Set<String> seen = new HashSet<>();
        for (String file : files) {
            if (!seen.add(file)) {
                throw new IllegalArgumentException("targets of files: expected each file once, got twice " + file);
            }
        }
    }

    /** {@return the name of a file's class, by which parts are drawn alike; empty where there are no classes} */
    String className(int index) {
        return targets.classes().map(c -> c.names().get(c.label(index))).orElse("");
    }
}
