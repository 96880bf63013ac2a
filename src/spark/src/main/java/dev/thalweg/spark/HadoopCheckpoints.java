package dev.thalweg.spark;

import dev.thalweg.files.CheckpointName;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The checkpoints of a training in a directory of whatever file system Hadoop knows, the last few of them. */
final class HadoopCheckpoints {
    private static final int KEPT = 2;

    private final FileSystem files;
    private final Path directory;

    HadoopCheckpoints(String directory, Configuration configuration) throws IOException {
        this.directory = new Path(directory);
        this.files = this.directory.getFileSystem(configuration);
    }

    /** {@return the name of the youngest; empty if there is none} */
    Optional<String> last() throws IOException {
        List<String> names = names();
        return names.isEmpty() ? Optional.empty() : Optional.of(names.getLast());
    }

    private List<String> names() throws IOException {
        if (!files.exists(directory)) {
            return List.of();
        }
        return Arrays.stream(files.listStatus(directory))
                .map(FileStatus::getPath)
                .map(Path::getName)
                .filter(CheckpointName::is)
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    /** Copies one to a file of this machine. */
    void copyTo(String name, java.nio.file.Path file) throws IOException {
        try (var in = files.open(new Path(directory, name))) {
            Files.copy(in, file);
        }
    }

    /** Puts a file there, whole or not at all, and takes old ones away. */
    void put(java.nio.file.Path file, int epoch, int batch) throws IOException {
        Path whole = new Path(directory, CheckpointName.of(epoch, batch));
        Path part = new Path(directory, "_" + whole.getName());
        files.mkdirs(directory);
        try (var out = files.create(part, true)) {
            Files.copy(file, out);
        }
        if (files.exists(whole)) {
            files.delete(whole, false);
        }
        if (!files.rename(part, whole)) {
            throw new IOException("cannot rename " + part + " to " + whole);
        }
        List<String> names = names();
        for (String old : names.subList(0, Math.max(0, names.size() - KEPT))) {
            files.delete(new Path(directory, old), false);
        }
    }
}
