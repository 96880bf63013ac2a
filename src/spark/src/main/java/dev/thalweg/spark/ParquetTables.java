package dev.thalweg.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.thalweg.data.archive.HuggingFaceFeatures;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** The Parquet files of a place, and the names that they have for their classes. */
record ParquetTables(List<FileStatus> files, Configuration configuration) {
    private static final String SUFFIX = ".parquet";
    private static final Pattern PATTERN = Pattern.compile("[\\[\\]{}*?\\\\]");

    /**
     * {@return those of a place}
     *
     * @param place a file, a folder of files, or a pattern of such
     * @throws IllegalArgumentException if there are none, two have the same name, or one looks like a pattern
     */
    static ParquetTables at(String place, Configuration configuration) throws IOException {
        Path path = new Path(place);
        FileSystem system = path.getFileSystem(configuration);
        FileStatus[] matching = system.globStatus(path);
        List<FileStatus> files = new ArrayList<>();
        for (FileStatus match : matching == null ? new FileStatus[0] : matching) {
            if (match.isFile()) {
                files.add(match);
            } else {
                for (FileStatus child : system.listStatus(match.getPath())) {
                    String name = child.getPath().getName();
                    if (child.isFile() && SparkImages.counts(name) && name.endsWith(SUFFIX)) {
                        files.add(child);
                    }
                }
            }
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException(
                    place + ": expected a Parquet file, a folder with files whose names end in " + SUFFIX
                            + ", or a pattern of such, found none");
        }
        Set<String> names = new HashSet<>();
        for (FileStatus file : files) {
            if (PATTERN.matcher(file.getPath().toString()).find()) {
                throw new IllegalArgumentException(
                        file.getPath() + ": expected a path without [ ] { } * ? and \\, which Spark takes for a pattern"
                                + " when it reads the file: rename it");
            }
            if (!names.add(file.getPath().getName())) {
                throw new IllegalArgumentException(
                        file.getPath() + ": expected files of different names, by which pictures are told apart, got"
                                + " two of this one: rename one, or read them through a DataFrame");
            }
        }
        files.sort(Comparator.comparing(file -> file.getPath().getName()));
        return new ParquetTables(List.copyOf(files), configuration);
    }

    /** {@return where the files lie} */
    String[] paths() {
        return files.stream().map(file -> file.getPath().toString()).toArray(String[]::new);
    }

    /**
     * {@return the names of the classes of each column that has some, as the first file says}
     *
     * @throws IllegalArgumentException if that is not what Hugging Face writes
     */
    Map<String, List<String>> classNames() throws IOException {
        return classNames(files.getFirst());
    }

    /**
     * Looks whether all files say the same of a column.
     *
     * @throws IllegalArgumentException if they do not
     */
    void checkClassNames(String column, List<String> names) throws IOException {
        for (FileStatus file : files.subList(1, files.size())) {
            List<String> others = classNames(file).getOrDefault(column, List.of());
            if (!others.equals(names)) {
                throw new IllegalArgumentException(file.getPath() + ": expected the class names of "
                        + files.getFirst().getPath() + ", " + PrintableText.list(names) + ", got "
                        + PrintableText.list(others));
            }
        }
    }

    private Map<String, List<String>> classNames(FileStatus file) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromStatus(file, configuration))) {
            return HuggingFaceFeatures.classNames(
                    reader.getFooter().getFileMetaData().getKeyValueMetaData());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file.getPath() + ": expected JSON as metadata huggingface, got " + e.getOriginalMessage(), e);
        } catch (RuntimeException e) {
            // As it answers what is no Parquet file.
            throw new IllegalArgumentException(file.getPath() + ": expected a Parquet file: " + e.getMessage(), e);
        }
    }
}
