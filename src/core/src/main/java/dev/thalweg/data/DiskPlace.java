package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder or a file on disk.
 *
 * @param root the folder of pictures
 * @param path where this lies
 */
record DiskPlace(Path root, Path path) implements Place {
    @Override
    public String name() {
        return nameOf(path);
    }

    @Override
    public String last() {
        return FileNames.text(path.getFileName());
    }

    @Override
    public boolean isFolder() {
        return Files.isDirectory(path);
    }

    @Override
    public List<Place> children() throws IOException {
        try (Stream<Path> children = Files.list(path)) {
            return children.<Place>map(child -> new DiskPlace(root, child))
                    .sorted(Comparator.comparing(Place::last))
                    .toList();
        }
    }

    @Override
    public Optional<Place> folder(String child) {
        return Optional.<Place>of(new DiskPlace(root, path.resolve(child))).filter(Place::isFolder);
    }

    @Override
    public Found file(String name) throws IOException {
        Path file = path.resolve(name);
        return new Found(name, Files.isRegularFile(file) ? Files.size(file) : 0, PictureBytes.of(file));
    }

    @Override
    public Contents contents() throws IOException {
        FileWalk walk = FileWalk.of(path);
        return new Contents(
                walk.files().stream()
                        .map(found -> new Found(nameOf(found.path()), found.size(), PictureBytes.of(found.path())))
                        .toList(),
                named(walk.passedOver()),
                named(walk.leftOut()));
    }

    private Map<String, String> named(Map<Path, String> reasons) {
        Map<String, String> named = new LinkedHashMap<>();
        reasons.forEach((place, why) -> named.put(nameOf(place), why));
        return named;
    }

    private String nameOf(Path place) {
        return FileNames.text(root.relativize(place))
                .replace(root.getFileSystem().getSeparator(), "/");
    }
}
