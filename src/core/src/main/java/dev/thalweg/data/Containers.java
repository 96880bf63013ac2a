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
    private static final String PARQUET = "PAR1";

    /**
     * What a container holds.
     *
     * @param table whether its files lie in folders of their classes
     * @param files in it
     */
    record Listed(boolean table, List<ContainedFile> files) {}

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
            Listed listed = list(place);
            return listed.table() || Shards.isOne(listed.files())
                    ? ofShards(place, Map.of(place, listed))
                    : ContainerPlace.packed(place, listed.files());
        }
        Map<Path, Listed> shards = new LinkedHashMap<>();
        for (Path shard : several) {
            shards.put(shard, list(shard));
        }
        return ofShards(place, shards);
    }

    private static ContainerPlace ofShards(Path place, Map<Path, Listed> shards) throws IOException {
        Path first = shards.keySet().iterator().next();
        return ContainerPlace.of(place, Shards.folders(shards, ShardFiles.classNames(first)));
    }

    private static Listed list(Path file) throws IOException {
        byte[] head = head(file);
        Optional<ContainerReader> reader = reader(head);
        if (reader.isEmpty()) {
            throw begins(head, 0, PARQUET)
                    ? PicturesArtifact.absent(file, "a Parquet file", "dev.thalweg:thalweg-parquet")
                    : looksLikeOne(head)
                            ? PicturesArtifact.absent(file, "an archive")
                            : new BadFileException(file, "expected .zip, .tar or .parquet, got a file of another kind");
        }
        try {
            return new Listed(reader.get().readsTables(), reader.get().list(file));
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

    /** .zip, .tar and .parquet, whose readers are in other artifacts. */
    private static boolean looksLikeOne(byte[] head) {
        return begins(head, 0, "PK\3\4") || begins(head, 257, "ustar") || begins(head, 0, PARQUET);
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
