package dev.thalweg.spark;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Resize;
import dev.thalweg.tensor.ShapeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/** Pictures that executors read, decode and augment: which they are is found out on the driver, and nothing more. */
public final class SparkImages {
    private final String name;
    private final List<StagedPicture> found;
    private final PictureTargets targets;

    private final int channels;
    private final int height;
    private final int width;
    private final Resize resize;

    private SparkImages(
            String name,
            List<StagedPicture> found,
            PictureTargets targets,
            int channels,
            int height,
            int width,
            Resize resize) {
        this.name = name;
        this.found = found;
        this.targets = targets;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.resize = resize;
    }

    /**
     * Finds the pictures of a folder that has a folder for each class, on whatever file system Hadoop knows. Files and
     * folders whose names begin with a dot or a low line are passed over.
     *
     * @param spark whose configuration says how to reach it
     * @param folder such as {@code hdfs:/pictures/train}
     * @return the pictures, ordered by class and name; in colour, until {@link #grey} says otherwise
     * @throws IOException if the folder cannot be listed
     * @throws IllegalArgumentException if it has no folders of at least two classes
     */
    public static SparkImages folder(SparkSession spark, String folder) throws IOException {
        Path root = new Path(folder);
        FileSystem files = root.getFileSystem(spark.sparkContext().hadoopConfiguration());
        List<StagedPicture> found = new ArrayList<>();
        for (FileStatus child : files.listStatus(root)) {
            if (child.isDirectory() && counts(child.getPath().getName())) {
                addAll(files, child.getPath(), found);
            }
        }
        found.sort(Comparator.comparing(StagedPicture::name));
        return found(folder, found, StagedTargets.ofFolders());
    }

    /**
     * Takes the pictures of Parquet files of the form that Hugging Face's data sets have: a column {@code image} of
     * bytes, or of {@code bytes} and {@code path}, and a column {@code label}, else the only ones that can be meant.
     * What labels stand for, the files' metadata say: numbers count those names from 0, text is one of them, and
     * classes without pictures keep their place. (One machine orders classes by name, and writes low lines for their
     * slashes.) Without metadata, labels are taken as by {@link #dataFrame}. The pictures are copied as there.
     *
     * @param spark whose configuration says how to reach them
     * @param place a file, a folder with files whose names end in {@code .parquet}, or a pattern of such as Hadoop has
     *            them: {@code hdfs:/pictures/train-*.parquet}
     * @param directory for the copies, on whatever file system Hadoop knows, and all executors can reach
     * @return the pictures, ordered by file and row; in colour, until {@link #grey} says otherwise
     * @throws IOException if the files cannot be read
     * @throws IllegalArgumentException if there are no such files or two of one name, they are not of that form or do
     *             not agree on the names, or {@link #dataFrame} refuses what is in them
     */
    public static SparkImages parquet(SparkSession spark, String place, String directory) throws IOException {
        Objects.requireNonNull(directory, "directory");
        ParquetTables tables = ParquetTables.at(place, spark.sparkContext().hadoopConfiguration());
        Map<String, List<String>> classNames = tables.classNames();
        Dataset<Row> rows = spark.read().parquet(tables.paths());
        ParquetColumns columns = ParquetColumns.of(place, rows.schema(), classNames.keySet());
        List<String> names = classNames.getOrDefault(columns.label(), List.of());
        tables.checkClassNames(columns.label(), names);
        TargetColumns targets = new TargetColumns.Classes(ParquetColumns.quoted(columns.label()), names);
        // Spark reads large files first: names that are ordered as the rows are bring them back into their order.
        Column name = functions.expr("format_string('%s/%010d', _metadata.file_name, _metadata.row_index)");
        StagedTargets staged = StagedTargets.of(targets, rows);
        List<StagedPicture> found = staged(place, rows, columns.image(), name, staged, directory);
        found.sort(Comparator.comparing(StagedPicture::name));
        return found(place, found, staged);
    }

    /**
     * Takes the pictures of two columns. They are copied, as they are encoded, to files that any executor can read at
     * any place, for every epoch has an order of its own; whoever called this deletes them when they are no longer
     * wanted.
     *
     * @param pictures a row for each; their order, which should be the same each time, is that of the data set
     * @param image the name of a column with picture files: bytes, or as Hugging Face and {@code binaryFile} have them,
     *            {@code image.bytes} or {@code content}
     * @param label the name of a column with their classes: text, or numbers that count them from 0
     * @param directory for the files, on whatever file system Hadoop knows, and all executors can reach
     * @return the pictures; in colour, until {@link #grey} says otherwise
     * @throws IllegalArgumentException if a row has no picture or no label, there are not at least two classes, or
     *             numbers do not count them from 0
     */
    public static SparkImages dataFrame(Dataset<Row> pictures, String image, String label, String directory) {
        return dataFrame(pictures, image, new TargetColumns.Classes(label), directory);
    }

    /**
     * Takes the pictures of a column, and what a network shall say of them from others. They are copied as by the
     * method beside this one.
     *
     * @param pictures a row for each; their order, which should be the same each time, is that of the data set
     * @param image the name of a column with picture files: bytes, or as Hugging Face and {@code binaryFile} have them,
     *            {@code image.bytes} or {@code content}
     * @param targets the columns of their classes, labels or numbers
     * @param directory for the files, on whatever file system Hadoop knows, and all executors can reach
     * @return the pictures; in colour, until {@link #grey} says otherwise
     * @throws IllegalArgumentException if a row has null in one of the columns, columns are of other types, there are
     *             no pictures or not at least two classes, a class or label is none of the names or out of their range,
     *             or a number to be estimated is not finite
     */
    public static SparkImages dataFrame(Dataset<Row> pictures, String image, TargetColumns targets, String directory) {
        Objects.requireNonNull(directory, "directory");
        StagedTargets staged = StagedTargets.of(targets, pictures);
        Column nameless = functions.lit(null).cast("string");
        return found(directory, staged(directory, pictures, image, nameless, staged, directory), staged);
    }

    private static List<StagedPicture> staged(
            String place, Dataset<Row> pictures, String image, Column name, StagedTargets targets, String directory) {
        StagedTargets.checkBytes(pictures, image);
        JavaSparkContext context =
                JavaSparkContext.fromSparkContext(pictures.sparkSession().sparkContext());
        Broadcast<SerializableConfiguration> configuration =
                context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
        try {
            List<byte[]> answers = pictures.select(pictures.col(image), name, targets.text(pictures))
                    .toJavaRDD()
                    .mapPartitionsWithIndex(new Staging(directory, UUID.randomUUID(), configuration), true)
                    .collect();
            List<StagedPicture> found = new ArrayList<>();
            for (StagedRow row : StagedRow.read(answers)) {
                switch (row) {
                    case StagedPicture picture -> found.add(picture);
                    case StagedRow.Refused(String why) -> throw new IllegalArgumentException(place + ": " + why);
                }
            }
            return found;
        } finally {
            configuration.destroy();
        }
    }

    private static SparkImages found(String name, List<StagedPicture> found, StagedTargets targets) {
        try {
            PictureTargets read = targets.read(found);
            // Their text is read: it shall not stay as long as the pictures.
            List<StagedPicture> pictures =
                    found.stream().map(StagedPicture::withoutTargets).toList();
            return new SparkImages(name, pictures, read, 3, 0, 0, Resize.CROP);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    static boolean counts(String name) {
        return !name.startsWith(".") && !name.startsWith("_");
    }

    private static void addAll(FileSystem files, Path classFolder, List<StagedPicture> found) throws IOException {
        String prefix = files.makeQualified(classFolder).toString();
        RemoteIterator<LocatedFileStatus> within = files.listFiles(classFolder, true);
        while (within.hasNext()) {
            LocatedFileStatus file = within.next();
            String path = file.getPath().toString();
            String ownName = path.substring(prefix.length());
            if (Arrays.stream(ownName.split("/")).allMatch(SparkImages::counts)) {
                String name = classFolder.getName() + ownName;
                if (file.getLen() > Integer.MAX_VALUE) {
                    throw new IllegalArgumentException(
                            path + ": expected a picture, got a file of " + file.getLen() + " bytes");
                }
                int length = (int) file.getLen();
                found.add(new StagedPicture(path, 0, length, name, new ArrayList<>(List.of(classFolder.getName()))));
            }
        }
    }

    /**
     * {@return these pictures brought to a size}
     *
     * @param pixelsHigh their height
     * @param pixelsWide their width
     * @throws ShapeException if one is not at least 1
     */
    public SparkImages size(int pixelsHigh, int pixelsWide) {
        if (pixelsHigh < 1 || pixelsWide < 1) {
            throw new ShapeException(
                    "pictures of " + name + ": expected a size of at least 1x1, got " + pixelsHigh + "x" + pixelsWide);
        }
        return new SparkImages(name, found, targets, channels, pixelsHigh, pixelsWide, resize);
    }

    /** {@return these pictures in grey} */
    public SparkImages grey() {
        return new SparkImages(name, found, targets, 1, height, width, resize);
    }

    /**
     * {@return these pictures brought to their size in another way than {@link Resize#CROP}}
     *
     * @param how what is done with those of another size; a model that is trained on them remembers it
     */
    public SparkImages resize(Resize how) {
        return new SparkImages(name, found, targets, channels, height, width, Objects.requireNonNull(how, "how"));
    }

    /** {@return how many pictures there are} */
    public int count() {
        return found.size();
    }

    /**
     * {@return these pictures as a data set of this process, which reads each when it is wanted; to be closed}
     *
     * @param spark whose configuration says how to reach them
     * @throws IllegalStateException if they have no size yet
     */
    public ImageDataset dataset(SparkSession spark) {
        return new HadoopPictures(index(), spark.sparkContext().hadoopConfiguration()).stream();
    }

    PictureIndex index() {
        if (height == 0) {
            throw new IllegalStateException("the pictures of " + name + " have no size yet: call size(height, width)");
        }
        SequencedMap<String, Integer> files = new LinkedHashMap<>();
        ArrayList<PictureIndex.Entry> pictures = new ArrayList<>();
        for (StagedPicture each : found) {
            int file = files.computeIfAbsent(each.path(), _ -> files.size());
            pictures.add(new PictureIndex.Entry(file, each.from(), each.length(), each.name()));
        }
        return new PictureIndex(
                name, new ArrayList<>(files.sequencedKeySet()), pictures, targets, channels, height, width, resize);
    }
}
