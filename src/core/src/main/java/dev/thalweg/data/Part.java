package dev.thalweg.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What pictures are for; a folder may have a sub-folder for each. */
enum Part {
    TRAIN("train"),
    VALIDATION("val", "valid", "validation"),
    TEST("test");

    private final List<String> folders;

    Part(String... folders) {
        this.folders = List.of(folders);
    }

    /** {@return the sub-folders for this part that there are} */
    List<Path> in(Path folder) {
        return folders.stream().map(folder::resolve).filter(Files::isDirectory).toList();
    }
}
