package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.picture.PictureBytes;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Picture files without labels, decoded.
 *
 * @param pictures those that can be decoded, in the order of the files, all with label 0; empty if there are none
 * @param files of these pictures
 * @param bad what is wrong with the other files, in their order
 */
public record DecodedFiles(Optional<ImageDataset> pictures, List<Path> files, Map<Path, String> bad)
        implements AutoCloseable {
    /** Refuses null. */
    public DecodedFiles {
        Objects.requireNonNull(bad, "bad");
        Objects.requireNonNull(files, "files");
        Objects.requireNonNull(pictures, "pictures");
    }

    /**
     * Decodes files.
     *
     * @param files which
     * @param imageShape to what size, {@code [C, H, W]} with 1 or 3 channels
     * @param resize how they come to it
     * @param classNames of the model that will see them
     * @return the pictures, to be closed, and what is wrong with those that are none
     */
    public static DecodedFiles of(List<Path> files, Shape imageShape, Resize resize, List<String> classNames) {
        Objects.requireNonNull(resize, "resize");
        if (files.isEmpty()) {
            return new DecodedFiles(Optional.empty(), List.of(), Map.of());
        }
        FileDecoding decoding =
                new FileDecoding(files.stream().map(PictureBytes::of).toList(), imageShape, resize);
        List<String> names = classNames.isEmpty() ? List.of("unknown") : classNames;
        try (ImageDataset all = decoding.hold(
                        "pictures",
                        Targets.ofClasses(names, new int[files.size()]),
                        files.stream().map(FileNames::text).toList());
                Scope opening = new Scope()) {
            Map<Path, String> bad = new LinkedHashMap<>();
            decoding.bad().forEach((i, problem) -> bad.put(files.get(i), problem));
            int[] good = IntStream.range(0, files.size())
                    .filter(i -> !decoding.bad().containsKey(i))
                    .toArray();
            Optional<ImageDataset> pictures = good.length == 0
                    ? Optional.empty()
                    : Optional.of(opening.own(all.select(good).share()));
            List<Path> decoded = IntStream.of(good).mapToObj(files::get).toList();
            opening.handOver();
            return new DecodedFiles(pictures, decoded, bad);
        }
    }

    /**
     * Decodes one file.
     *
     * @param file which
     * @param imageShape to what size, {@code [C, H, W]} with 1 or 3 channels
     * @param resize how it comes to it
     * @return its bytes, {@code [C, H, W]}, upright as its EXIF data say
     * @throws IOException if it cannot be read
     * @throws BadFileException if there is no such file, it is no picture, is damaged, or has too many pixels
     */
    public static byte[] decode(Path file, Shape imageShape, Resize resize) throws IOException {
        return Pictures.read(file, imageShape, Objects.requireNonNull(resize, "resize"));
    }

    /**
     * Decodes a file that is in memory, see {@link #decode(Path, Shape, Resize)}.
     *
     * @param name of the file, for messages
     * @param file its bytes
     * @param imageShape to what size
     * @param resize how it comes to it
     * @return its pixels, {@code [C, H, W]}
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is no picture, is damaged, or has too many pixels
     */
    public static byte[] decode(String name, byte[] file, Shape imageShape, Resize resize) throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(file, "file");
        return Pictures.read(PictureBytes.inMemory(name, file), imageShape, Objects.requireNonNull(resize, "resize"));
    }

    /**
     * {@return the pictures, if all files could be decoded}
     *
     * @throws BadFileException if there is none, or some could not: it names them
     */
    public ImageDataset orThrow() throws BadFileException {
        if (bad.size() == 1) {
            Map.Entry<Path, String> only = bad.entrySet().iterator().next();
            throw new BadFileException(only.getKey(), only.getValue());
        }
        if (!bad.isEmpty()) {
            throw new BadFileException(
                    bad.keySet().iterator().next(),
                    "cannot be read, as " + (bad.size() - 1)
                            + " more of "
                            + Counted.of(bad.size() + files.size(), "file") + ": "
                            + Reading.firstOf(bad.entrySet().stream()
                                    .map(e -> e.getKey() + ": " + e.getValue())
                                    .toList()));
        }
        return pictures.orElseThrow(() -> new IllegalArgumentException("expected at least one picture file, got none"));
    }

    @Override
    public void close() {
        pictures.ifPresent(ImageDataset::close);
    }
}
