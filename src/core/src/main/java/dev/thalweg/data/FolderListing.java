package dev.thalweg.data;

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

/**
 * What counts of a folder, on disk or in a container: every file of every class, or those that a table names; and what
 * is passed over.
 */
final class FolderListing {
    private final Path at;
    private final Place folder;
    private final List<LabelledFile> files = new ArrayList<>();
    private final List<String> passedOver = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final EnumSet<Part> parts = EnumSet.noneOf(Part.class);

    private FolderListing(Path at) throws IOException {
        this.at = at;
        this.folder = root(at);
    }

    /** Finds the files of each class, or takes those that a table names. */
    static FolderListing of(ImageFolder how) throws IOException {
        return how.targets().isPresent() ? of(how.folder(), how.targets().get()) : of(how.folder());
    }

    /** Finds the files of each class. */
    private static FolderListing of(Path folder) throws IOException {
        FolderListing listing = new FolderListing(folder);
        listing.list();
        // The same order whatever the file system and its locale.
        listing.files.sort(Comparator.comparing(LabelledFile::name));
        return listing;
    }

    /** Takes the files that a table names, whether they are there or not, ordered by name too. */
    private static FolderListing of(Path folder, FileTargets table) throws IOException {
        FolderListing listing = new FolderListing(folder);
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
            Place.Found file = listing.folder.file(name);
            listing.files.add(new LabelledFile(
                    file.bytes(), parted ? parts.get(i) : Optional.empty(), table.className(i), name, file.size()));
        }
        listing.files.sort(Comparator.comparing(LabelledFile::name));
        return listing;
    }

    private static Place root(Path folder) throws IOException {
        if (Containers.isAt(folder)) {
            return Containers.open(folder);
        }
        if (!Files.exists(folder)) {
            throw new BadFileException(folder, "there is no such file or directory");
        }
        if (!Files.isDirectory(folder)) {
            throw new BadFileException(
                    folder, "expected a folder of pictures, or one packed as .zip or .tar, got a file");
        }
        return new DiskPlace(folder, folder);
    }

    /** The files of all classes, ordered by name. */
    List<LabelledFile> files() {
        return files;
    }

    /** Of what the folder has sub-folders; none where the classes lie in it. */
    EnumSet<Part> parts() {
        return parts;
    }

    /** {@return the names of the sub-folders for a part} */
    List<String> foldersOf(Part part) {
        return part.in(folder).stream().map(Place::last).toList();
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
        List<Place> known = new ArrayList<>();
        for (Part part : Part.values()) {
            List<Place> places = part.in(folder);
            if (places.size() > 1) {
                throw new BadFileException(
                        at,
                        "expected one sub-folder to validate with, got "
                                + places.stream().map(Place::last).toList());
            }
            if (!places.isEmpty()) {
                parts.add(part);
                known.add(places.getFirst());
                listClasses(places.getFirst(), Optional.of(part));
            }
        }
        for (Place child : folder.children()) {
            if (known.stream().noneMatch(part -> part.last().equals(child.last()))) {
                passOver(child.name(), "beside the folders to train, validate and test with");
            }
        }
    }

    private void listClasses(Place place, Optional<Part> part) throws IOException {
        for (Place child : place.children()) {
            Optional<String> why = FileWalk.passed(child.last());
            if (why.isPresent()) {
                passOver(child.name(), why.get());
            } else if (child.isFolder()) {
                listFiles(child, part);
            } else {
                passOver(child.name(), "in no class' folder");
            }
        }
    }

    private void listFiles(Place classFolder, Optional<Part> part) throws IOException {
        // macOS takes letters with accents apart in file names, others do not.
        String className = Normalizer.normalize(classFolder.last(), Normalizer.Form.NFC);
        Place.Contents contents = classFolder.contents();
        contents.files()
                .forEach(found ->
                        files.add(new LabelledFile(found.bytes(), part, className, found.name(), found.size())));
        contents.leftOut().forEach((file, why) -> leftOut.add(file + ": " + why));
        contents.passedOver().forEach(this::passOver);
        if (contents.files().isEmpty() && contents.leftOut().isEmpty()) {
            passOver(classFolder.name(), "empty");
        }
    }

    private void passOver(String place, String why) {
        passedOver.add(place + ": " + why);
    }
}
