package dev.thalweg.data;

import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.data.archive.ContainerReader;
import dev.thalweg.io.BadFileException;
import dev.thalweg.picture.PicturesArtifact;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files that hold a folder of pictures, known by their content. */
final class Containers {
    private Containers() {}

    /** {@return whether a container lies at a place, or several do, even if their reader is not here} */
    static boolean isAt(Path place) throws IOException {
        if (!Files.isRegularFile(place)) {
            return !ShardFiles.at(place).isEmpty();
        }
        byte[] head = head(place);
        return reader(head).isPresent() || looksLikeOne(head);
    }

    /** Lists what lies in a container, or in several. */
    static ContainerPlace open(Path place) throws IOException {
        List<Path> several = ShardFiles.at(place);
        if (several.isEmpty()) {
            List<ContainedFile> files = list(place);
            return Shards.isOne(files) ? ofShards(place, Map.of(place, files)) : ContainerPlace.packed(place, files);
        }
        Map<Path, List<ContainedFile>> shards = new LinkedHashMap<>();
        for (Path shard : several) {
            shards.put(shard, list(shard));
        }
        return ofShards(place, shards);
    }

    private static ContainerPlace ofShards(Path place, Map<Path, List<ContainedFile>> shards) throws IOException {
        Path first = shards.keySet().iterator().next();
        return ContainerPlace.of(place, Shards.folders(shards, ShardFiles.classNames(first)));
    }

    private static List<ContainedFile> list(Path file) throws IOException {
        byte[] head = head(file);
        Optional<ContainerReader> reader = reader(head);
        if (reader.isEmpty()) {
            throw looksLikeOne(head)
                    ? PicturesArtifact.absent(file, "an archive")
                    : new BadFileException(file, "expected .zip or .tar, got a file of another kind");
        }
        try {
            return reader.get().list(file);
        } catch (BadFileException e) {
            throw e;
        } catch (IOException e) {
            if (Files.isReadable(file)) {
                throw new BadFileException(
                        file, "expected a complete " + reader.get().kind() + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private static Optional<ContainerReader> reader(byte[] head) {
        return PicturesArtifact.providers(ContainerReader.class).stream()
                .filter(reader -> reader.reads(head))
                .findFirst();
    }

    /** .zip and .tar, whose readers are in another artifact. */
    private static boolean looksLikeOne(byte[] head) {
        return begins(head, 0, "PK\3\4") || begins(head, 257, "ustar");
    }

    private static boolean begins(byte[] head, int at, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= at + wanted.length
                && Arrays.equals(head, at, at + wanted.length, wanted, 0, wanted.length);
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(ContainerReader.HEAD);
        }
    }
}
