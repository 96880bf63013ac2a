package dev.thalweg.spark.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Where the parts of a data set lie: in folders of their names, or in Parquet files whose names begin with them, as
 * {@code train} has it on one machine.
 *
 * @param parquet whether in Parquet files
 * @param all pictures
 * @param train those to learn from; empty where there are no parts
 * @param validation those after every epoch; empty where there are none
 * @param test those in the end; empty where there are none
 */
record PartPlaces(
        boolean parquet, String all, Optional<String> train, Optional<String> validation, Optional<String> test) {
    private static final String SUFFIX = ".parquet";
    private static final List<String> TRAIN = List.of("train");
    private static final List<String> VALIDATION = List.of("val", "valid", "validation");
    private static final List<String> TEST = List.of("test");

    static PartPlaces of(SparkSession spark, String place) throws IOException {
        Path path = new Path(place);
        FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
        if (!files.exists(path) || !files.getFileStatus(path).isDirectory()) {
            return new PartPlaces(place.endsWith(SUFFIX), place, Optional.empty(), Optional.empty(), Optional.empty());
        }
        List<String> folders = new ArrayList<>();
        List<String> tables = new ArrayList<>();
        for (FileStatus child : files.listStatus(path)) {
            String name = child.getPath().getName();
            if (!name.startsWith(".") && !name.startsWith("_")) {
                if (child.isDirectory()) {
                    folders.add(name);
                } else if (name.endsWith(SUFFIX)) {
                    tables.add(name);
                }
            }
        }
        return folders.isEmpty() && !tables.isEmpty() ? ofTables(place, tables) : ofFolders(place, folders);
    }

    private static PartPlaces ofFolders(String place, List<String> folders) {
        return new PartPlaces(
                false,
                place,
                folder(place, "train", folders),
                folder(place, "val", folders),
                folder(place, "test", folders));
    }

    private static Optional<String> folder(String place, String name, List<String> folders) {
        return folders.contains(name) ? Optional.of(place + "/" + name) : Optional.empty();
    }

    /** Files are of parts if there are several parts, one of them to learn from, and none is of no part. */
    private static PartPlaces ofTables(String place, List<String> tables) {
        TreeSet<String> words = new TreeSet<>();
        tables.forEach(name -> words.add(name.replaceFirst("[^A-Za-z].*", "")));
        boolean parted = words.size() > 1
                && words.containsAll(TRAIN)
                && words.stream()
                        .allMatch(word -> TRAIN.contains(word) || VALIDATION.contains(word) || TEST.contains(word));
        if (!parted) {
            return new PartPlaces(true, place, Optional.empty(), Optional.empty(), Optional.empty());
        }
        return new PartPlaces(
                true,
                place,
                pattern(place, TRAIN, words),
                pattern(place, VALIDATION, words),
                pattern(place, TEST, words));
    }

    /** {@return the pattern of a part's files; empty where it has none} */
    private static Optional<String> pattern(String place, List<String> names, TreeSet<String> words) {
        return names.stream().anyMatch(words::contains)
                ? Optional.of(place + "/{" + String.join(",", names) + "}[^A-Za-z]*parquet")
                : Optional.empty();
    }
}
