package dev.thalweg.spark;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Resize;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.SerializableConfiguration;

/** Pictures that executors read, decode and augment: which they are is found out on the driver, and nothing more. */
public final class SparkImages {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9]\\d{0,8}");

    private final String name;
    private final List<StagedPicture> found;
    private final List<String> classNames;

    private final int channels;
    private final int height;
    private final int width;
    private final Resize resize;

    private SparkImages(
            String name,
            List<StagedPicture> found,
            List<String> classNames,
            int channels,
            int height,
            int width,
            Resize resize) {
        this.name = name;
        this.found = found;
        this.classNames = classNames;
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
        return found(folder, found, false);
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
        DataType type =
                pictures.select(pictures.col(label)).schema().fields()[0].dataType();
        boolean numbered = Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType)
                .contains(type);
        if (!numbered && !type.equals(DataTypes.StringType)) {
            throw new IllegalArgumentException("expected a column \"" + label
                    + "\" of text or of whole numbers, got one of " + type.simpleString());
        }
        JavaSparkContext context =
                JavaSparkContext.fromSparkContext(pictures.sparkSession().sparkContext());
        Broadcast<SerializableConfiguration> configuration =
                context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
        try {
            List<byte[]> staged = pictures.select(pictures.col(image), pictures.col(label))
                    .toJavaRDD()
                    .mapPartitionsWithIndex(new Staging(directory, configuration), true)
                    .collect();
            return found(directory, StagedPicture.read(staged), numbered);
        } finally {
            configuration.destroy();
        }
    }

    private static SparkImages found(String name, List<StagedPicture> found, boolean numbered) {
        SortedSet<String> labels = new TreeSet<>();
        found.forEach(picture -> labels.add(picture.label()));
        if (labels.size() < 2) {
            throw new IllegalArgumentException(name + ": expected pictures of at least two classes, got " + labels);
        }
        List<String> classNames = numbered ? counted(name, found.size(), labels) : List.copyOf(labels);
        return new SparkImages(name, List.copyOf(found), classNames, 3, 0, 0, Resize.CROP);
    }

    /** Numbers that count classes stand for themselves, also where one has no picture. */
    private static List<String> counted(String name, int pictures, Set<String> labels) {
        List<String> strange =
                labels.stream().filter(NUMBER.asMatchPredicate().negate()).toList();
        if (!strange.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": expected labels that count classes from 0, got " + PrintableText.list(strange));
        }
        int last = labels.stream().mapToInt(Integer::parseInt).max().orElseThrow();
        if (last >= pictures) {
            throw new IllegalArgumentException(name + ": expected labels that count classes from 0, got one of " + last
                    + " for " + pictures + " pictures");
        }
        return IntStream.rangeClosed(0, last).mapToObj(String::valueOf).toList();
    }

    private static boolean counts(String name) {
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
                found.add(new StagedPicture(path, 0, length, name, classFolder.getName()));
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
        return new SparkImages(name, found, classNames, channels, pixelsHigh, pixelsWide, resize);
    }

    /** {@return these pictures in grey} */
    public SparkImages grey() {
        return new SparkImages(name, found, classNames, 1, height, width, resize);
    }

    /**
     * {@return these pictures brought to their size in another way than {@link Resize#CROP}}
     *
     * @param how what is done with those of another size; a model that is trained on them remembers it
     */
    public SparkImages resize(Resize how) {
        return new SparkImages(name, found, classNames, channels, height, width, Objects.requireNonNull(how, "how"));
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
        Map<String, Integer> labels =
                IntStream.range(0, classNames.size()).boxed().collect(Collectors.toMap(classNames::get, i -> i));
        SequencedMap<String, Integer> files = new LinkedHashMap<>();
        ArrayList<PictureIndex.Entry> pictures = new ArrayList<>();
        for (StagedPicture each : found) {
            int file = files.computeIfAbsent(each.path(), _ -> files.size());
            pictures.add(new PictureIndex.Entry(
                    file, each.from(), each.length(), each.name(), Objects.requireNonNull(labels.get(each.label()))));
        }
        return new PictureIndex(
                name,
                new ArrayList<>(files.sequencedKeySet()),
                pictures,
                new ArrayList<>(classNames),
                channels,
                height,
                width,
                resize);
    }
}
