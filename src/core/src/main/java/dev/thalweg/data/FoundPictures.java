package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Pictures of a folder without classes.
 *
 * @param files pictures by their content, or by their name alone, in the order of their names
 * @param leftOut the other files, each with the reason
 */
public record FoundPictures(List<Path> files, List<String> leftOut) {
    /** Refuses null. */
    public FoundPictures {
        Objects.requireNonNull(files, "files");
        Objects.requireNonNull(leftOut, "leftOut");
    }

    /**
     * Looks for pictures in a folder and the folders within it; hidden ones do not count.
     *
     * @param folder which
     * @return what was found
     * @throws IOException if it cannot be read
     */
    public static FoundPictures in(Path folder) throws IOException {
        FileWalk walk = FileWalk.of(folder);
        List<Path> all = walk.files().stream()
                .map(FileWalk.Found::path)
                .sorted(Comparator.comparing(FileNames::text))
                .toList();
        List<HeaderCheck> checks = all.parallelStream()
                .map(file -> HeaderCheck.of(PictureBytes.of(file)))
                .toList();
        List<String> leftOut = new ArrayList<>(walk.leftOut().entrySet().stream()
                .map(e -> FileNames.text(e.getKey()) + ": " + e.getValue())
                .toList());
        IntStream.range(0, all.size())
                .filter(i -> !isPicture(checks.get(i)))
                .forEach(i -> leftOut.add(
                        FileNames.text(all.get(i)) + ": " + checks.get(i).problem()));
        return new FoundPictures(
                IntStream.range(0, all.size())
                        .filter(i -> isPicture(checks.get(i)))
                        .mapToObj(all::get)
                        .toList(),
                leftOut);
    }

    private static boolean isPicture(HeaderCheck check) {
        return check.header().isPresent() || check.bad();
    }
}
