package dev.thalweg.data;

import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.io.BadFileException;
import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A folder or a file in a container. */
final class ContainerPlace implements Place {
    /** Deeper ones are no folders of pictures. */
    private static final int DEEPEST = 32;

    private final Path container;
    private final String name;
    private final SortedMap<String, ContainerPlace> children = new TreeMap<>();
    /** What the container says of a file; null for a folder. */
    private @Nullable ContainedFile file;

    private ContainerPlace(Path container, String name) {
        this.container = container;
        this.name = name;
    }

    /** Puts files into folders, by their names. */
    static ContainerPlace of(Path container, List<ContainedFile> files) throws BadFileException {
        ContainerPlace root = new ContainerPlace(container, "");
        for (ContainedFile file : files) {
            root.add(file, elements(container, file.name()));
        }
        return root;
    }

    /** Puts the files of a folder into folders, whether it was packed by its own name or not. */
    static ContainerPlace packed(Path container, List<ContainedFile> files) throws BadFileException {
        ContainerPlace outer = of(container, files);
        List<String> within = outer.soleFolder();
        if (within.isEmpty()) {
            return outer;
        }
        ContainerPlace inner = new ContainerPlace(container, "");
        for (ContainedFile file : files) {
            List<String> elements = elements(container, file.name());
            if (elements.size() > within.size()
                    && elements.subList(0, within.size()).equals(within)) {
                inner.add(file, elements.subList(within.size(), elements.size()));
            }
        }
        return inner;
    }

    private static List<String> elements(Path container, String name) throws BadFileException {
        List<String> elements = new ArrayList<>(List.of(name.split("/", -1)));
        elements.removeIf("."::equals);
        if (elements.isEmpty()
                || elements.contains("")
                || elements.contains("..")
                || elements.size() > DEEPEST
                || name.indexOf('\0') >= 0) {
            throw new BadFileException(
                    container,
                    "expected names of files from the folder on, of at most " + DEEPEST + " elements, got " + name);
        }
        return elements;
    }

    private void add(ContainedFile added, List<String> elements) throws BadFileException {
        ContainerPlace place = this;
        for (String element : elements) {
            if (place.file != null) {
                throw twice(added);
            }
            String below = place.name.isEmpty() ? element : place.name + "/" + element;
            place = place.children.computeIfAbsent(element, _ -> new ContainerPlace(container, below));
        }
        if (place.file != null || !place.children.isEmpty()) {
            throw twice(added);
        }
        place.file = added;
    }

    private BadFileException twice(ContainedFile added) {
        return new BadFileException(
                container, "expected each file once, got " + added.name() + " again: pack the folder anew");
    }

    /** {@return the folder that was packed with all it holds, rather than what it holds; empty if there is none} */
    private List<String> soleFolder() {
        List<String> way = new ArrayList<>();
        ContainerPlace place = this;
        while (true) {
            List<ContainerPlace> counted = place.children.values().stream()
                    .filter(child -> FileWalk.passed(child.last()).isEmpty())
                    .toList();
            if (counted.size() != 1
                    || counted.getFirst().children.values().stream().noneMatch(Place::isFolder)) {
                return way;
            }
            place = counted.getFirst();
            way.add(place.last());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isFolder() {
        return file == null;
    }

    @Override
    public List<Place> children() {
        return List.copyOf(children.values());
    }

    @Override
    public Optional<Place> folder(String child) {
        return Optional.<Place>ofNullable(children.get(child)).filter(Place::isFolder);
    }

    @Override
    public Found file(String path) {
        ContainerPlace place = this;
        for (String element : path.split("/", -1)) {
            ContainerPlace next = place.children.get(element);
            if (next == null) {
                return absent(path);
            }
            place = next;
        }
        return place.file == null ? absent(path) : found(place.name, place.file);
    }

    private Found absent(String path) {
        return new Found(path, 0, PictureBytes.within(container, path, () -> {
            throw new IOException("there is no such file");
        }));
    }

    private static Found found(String name, ContainedFile file) {
        return new Found(name, file.size(), file.bytes());
    }

    @Override
    public Contents contents() {
        Contents contents = new Contents(new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        collect(contents);
        return contents;
    }

    private void collect(Contents into) {
        if (file == null) {
            FileWalk.passed(last())
                    .ifPresentOrElse(
                            why -> into.passedOver().put(name, why),
                            () -> children.values().forEach(child -> child.collect(into)));
            return;
        }
        ContainedFile found = file;
        Optional<String> why = found.plain() ? FileWalk.passed(last()) : Optional.of(FileWalk.NO_REGULAR_FILE);
        why.ifPresentOrElse(
                reason -> into.leftOut().put(name, reason), () -> into.files().add(found(name, found)));
    }
}
