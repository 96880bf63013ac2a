package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What counts of a folder: every file of every class, or those that a table names; and what is passed over. */
final class FolderListing {
    private final Path folder;
    private final List<LabelledFile> files = new ArrayList<>();
    private final List<String> passedOver = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final EnumSet<Part> parts = EnumSet.noneOf(Part.class);

    private FolderListing(Path folder) {
        this.folder = folder;
    }

    /** Finds the files of each class. */
    static FolderListing of(Path folder) throws IOException {
        FolderListing listing = new FolderListing(checked(folder));
        listing.list();
        // The same order whatever the file system and its locale.
        listing.files.sort(Comparator.comparing(LabelledFile::name));
        return listing;
    }

    /** Takes the files that a table names, whether they are there or not, ordered by name too. */
    static FolderListing of(Path folder, FileTargets table) throws IOException {
        FolderListing listing = new FolderListing(checked(folder));
        List<Optional<Part>> parts = table.files().stream().map(Part::of).toList();
        if (parts.contains(Optional.of(Part.TRAIN))) {
            parts.forEach(part -> part.ifPresent(listing.parts::add));
        }
        boolean parted = listing.parts.size() > 1;
        if (!parted) {
            listing.parts.clear();
        }
        for (int i = 0; i < parts.size(); i++) {
            String name = table.files().get(i);
            Path file = folder.resolve(name);
            listing.files.add(new LabelledFile(
                    file,
                    parted ? parts.get(i) : Optional.empty(),
                    table.className(i),
                    name,
                    Files.isRegularFile(file) ? Files.size(file) : 0));
        }
        listing.files.sort(Comparator.comparing(LabelledFile::name));
        return listing;
    }

    private static Path checked(Path folder) throws BadFileException {
        if (!Files.isDirectory(folder)) {
            throw new BadFileException(
                    folder,
                    Files.exists(folder)
                            ? "expected a folder of pictures, got a file"
                            : "there is no such file or directory");
        }
        return folder;
    }

    /** The files of all classes, ordered by name. */
    List<LabelledFile> files() {
        return files;
    }

    /** Of what the folder has sub-folders; none where the classes lie in it. */
    EnumSet<Part> parts() {
        return parts;
    }

    List<String> passedOver() {
        return passedOver;
    }

    List<String> leftOut() {
        return leftOut;
    }

    private void list() throws IOException {
        if (Part.TRAIN.in(folder).isEmpty()
                || Part.VALIDATION.in(folder).isEmpty() && Part.TEST.in(folder).isEmpty()) {
            listClasses(folder, Optional.empty());
            return;
        }
        List<Path> known = new ArrayList<>();
        for (Part part : Part.values()) {
            List<Path> places = part.in(folder);
            if (places.size() > 1) {
                throw new BadFileException(
                        folder,
                        "expected one sub-folder to validate with, got "
                                + places.stream().map(FolderListing::last).toList());
            }
            if (!places.isEmpty()) {
                parts.add(part);
                known.add(places.getFirst());
                listClasses(places.getFirst(), Optional.of(part));
            }
        }
        for (Path child : children(folder)) {
            if (known.stream().noneMatch(part -> last(part).equals(last(child)))) {
                passOver(child, "beside the folders to train, validate and test with");
            }
        }
    }

    private void listClasses(Path place, Optional<Part> part) throws IOException {
        for (Path child : children(place)) {
            Optional<String> why = FileWalk.passed(child);
            if (why.isPresent()) {
                passOver(child, why.get());
            } else if (Files.isDirectory(child)) {
                listFiles(child, part);
            } else {
                passOver(child, "in no class' folder");
            }
        }
    }

    private void listFiles(Path classFolder, Optional<Part> part) throws IOException {
        // macOS takes letters with accents apart in file names, others do not.
        String className = Normalizer.normalize(last(classFolder), Normalizer.Form.NFC);
        FileWalk walk = FileWalk.of(classFolder);
        walk.files()
                .forEach(found ->
                        files.add(new LabelledFile(found.path(), part, className, name(found.path()), found.size())));
        walk.leftOut().forEach((file, why) -> leftOut.add(name(file) + ": " + why));
        walk.passedOver().forEach(this::passOver);
        if (walk.files().isEmpty() && walk.leftOut().isEmpty()) {
            passOver(classFolder, "empty");
        }
    }

    private void passOver(Path place, String why) {
        passedOver.add(name(place) + ": " + why);
    }

    private String name(Path place) {
        return FileNames.text(folder.relativize(place))
                .replace(folder.getFileSystem().getSeparator(), "/");
    }

    private static String last(Path place) {
        return FileNames.text(place.getFileName());
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted(Comparator.comparing(FolderListing::last)).toList();
        }
    }
}
