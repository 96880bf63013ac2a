package dev.thalweg.spark.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Where the parts of a data set lie: in folders of their names, or in Parquet files whose names begin with them, as
 * {@code train} has it on one machine.
 */
sealed interface PartPlaces {
    /** What files of Parquet end with. */
    String SUFFIX = ".parquet";

    /** {@return whether in Parquet files} */
    boolean parquet();

    /**
     * {@return the pictures to learn from: all where there are no parts}
     *
     * @throws IllegalArgumentException if there are parts, but not this one
     */
    String train();

    /**
     * {@return those to validate with after every epoch; empty where there are none}
     *
     * @throws IllegalArgumentException if there are several such parts
     */
    Optional<String> validation();

    /** {@return those to test on in the end; empty where there are none} */
    Optional<String> test();

    /**
     * {@return those to test on: all where there are no parts}
     *
     * @throws IllegalArgumentException if there are parts, but not this one
     */
    String tested();

    /** {@return what a place has} */
    static PartPlaces of(SparkSession spark, String place) throws IOException {
        Path path = new Path(place);
        FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
        if (!files.exists(path) || !files.getFileStatus(path).isDirectory()) {
            return place.endsWith(SUFFIX)
                    ? new Tables(place, new TreeSet<>())
                    : new Folders(place, new PlaceFolders(place, List.of()));
        }
        List<String> folders = new ArrayList<>();
        NavigableSet<String> words = new TreeSet<>();
        for (FileStatus child : files.listStatus(path)) {
            String name = child.getPath().getName();
            if (name.startsWith(".") || name.startsWith("_")) {
                continue;
            }
            if (child.isDirectory()) {
                folders.add(name);
            } else if (name.endsWith(SUFFIX)) {
                words.add(name.replaceFirst("[^A-Za-z].*", ""));
            }
        }
        return folders.isEmpty() && !words.isEmpty()
                ? new Tables(place, words)
                : new Folders(place, new PlaceFolders(place, folders));
    }

    /**
     * Folders of pictures.
     *
     * @param place that has them
     * @param names of them
     */
    record Folders(String place, PlaceFolders names) implements PartPlaces {
        @Override
        public boolean parquet() {
            return false;
        }

        @Override
        public String train() {
            return names.train().map(this::under).orElse(place);
        }

        @Override
        public Optional<String> validation() {
            return names.validation().map(this::under);
        }

        @Override
        public Optional<String> test() {
            return names.test().map(this::under);
        }

        @Override
        public String tested() {
            return names.tested().map(this::under).orElse(place);
        }

        private String under(String name) {
            return place + "/" + name;
        }
    }

    /**
     * Parquet files. They are of parts if there are several parts, one of them to learn from, and none is of no part.
     *
     * @param place that has them, or is one
     * @param words with which their names begin
     */
    record Tables(String place, NavigableSet<String> words) implements PartPlaces {
        @Override
        public boolean parquet() {
            return true;
        }

        @Override
        public String train() {
            return pattern(List.of(PlaceFolders.TRAIN)).orElse(place);
        }

        @Override
        public Optional<String> validation() {
            List<String> several =
                    PlaceFolders.VALIDATION.stream().filter(words::contains).toList();
            if (parted() && several.size() > 1) {
                throw new IllegalArgumentException(
                        place + ": expected files of one part to validate with, got some of " + several);
            }
            return pattern(PlaceFolders.VALIDATION);
        }

        @Override
        public Optional<String> test() {
            return pattern(List.of(PlaceFolders.TEST));
        }

        @Override
        public String tested() {
            if (parted() && test().isEmpty()) {
                throw new IllegalArgumentException(
                        place + ": expected files whose names begin with test, to test on, got files of " + words);
            }
            return test().orElse(place);
        }

        private boolean parted() {
            return words.size() > 1
                    && words.contains(PlaceFolders.TRAIN)
                    && words.stream().allMatch(PlaceFolders::isPart);
        }

        /** The pattern of a part's files; empty where it has none. */
        private Optional<String> pattern(List<String> names) {
            return parted() && names.stream().anyMatch(words::contains)
                    ? Optional.of(place + "/{" + String.join(",", names) + "}[^A-Za-z]*parquet")
                    : Optional.empty();
        }
    }
}
