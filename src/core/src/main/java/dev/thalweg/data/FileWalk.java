package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All files in a folder and the folders within it, links followed; hidden ones do not count. */
final class FileWalk extends SimpleFileVisitor<Path> {
    /** What macOS adds to archives. */
    private static final String MAC_RESOURCES = "__MACOSX";

    /** Why links that lead nowhere, devices and the like do not count. */
    static final String NO_REGULAR_FILE = "no regular file";

    /**
     * A regular file.
     *
     * @param path where
     * @param size in bytes
     */
    record Found(Path path, long size) {}

    private final List<Found> files = new ArrayList<>();
    private final Map<Path, String> passedOver = new LinkedHashMap<>();
    private final Map<Path, String> leftOut = new LinkedHashMap<>();

    private FileWalk() {}

    static FileWalk of(Path folder) throws IOException {
        FileWalk walk = new FileWalk();
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, walk);
        return walk;
    }

    /** {@return why a folder or a file does not count, by the last element of its name; empty if it does} */
    static Optional<String> passed(String name) {
        if (name.equals(MAC_RESOURCES)) {
            return Optional.of("not pictures, but what macOS keeps beside them");
        }
        return name.startsWith(".") ? Optional.of("hidden") : Optional.empty();
    }

    private static String last(Path place) {
        return FileNames.text(place.getFileName());
    }

    List<Found> files() {
        return files;
    }

    /** {@return folders that do not count, with the reason} */
    Map<Path, String> passedOver() {
        return passedOver;
    }

    /** {@return files that do not count, with the reason} */
    Map<Path, String> leftOut() {
        return leftOut;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        Optional<String> why = passed(last(directory));
        why.ifPresent(reason -> passedOver.put(directory, reason));
        return why.isEmpty() ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        Optional<String> why = attributes.isRegularFile() ? passed(last(file)) : Optional.of(NO_REGULAR_FILE);
        why.ifPresentOrElse(reason -> leftOut.put(file, reason), () -> files.add(new Found(file, attributes.size())));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof FileSystemLoopException) {
            passedOver.put(file, "a link to a folder around it");
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }
}
