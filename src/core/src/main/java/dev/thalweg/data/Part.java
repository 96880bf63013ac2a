package dev.thalweg.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What pictures are for; a folder may have a sub-folder for each. */
enum Part {
    TRAIN("train"),
    VALIDATION("val", "valid", "validation"),
    TEST("test");

    private final List<String> folders;

    Part(String... folders) {
        this.folders = List.of(folders);
    }

    /** {@return what a file is for by the first element of its name from the folder on; empty if that is no part's} */
    static Optional<Part> of(String file) {
        return Stream.of(values())
                .filter(part -> part.folders.stream().anyMatch(name -> file.startsWith(name + "/")))
                .findFirst();
    }

    /** {@return the sub-folders for this part that there are} */
    List<Place> in(Place folder) {
        return folders.stream().flatMap(name -> folder.folder(name).stream()).toList();
    }
}
