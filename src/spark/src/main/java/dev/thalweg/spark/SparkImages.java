package dev.thalweg.spark;

import dev.thalweg.data.Resize;
import dev.thalweg.tensor.ShapeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;

/** Pictures that executors read, decode and augment: which they are is found out on the driver, and nothing more. */
public final class SparkImages {
    /** A picture that was found. */
    private record Found(String path, long size, String className, String name) {}

    private final String name;
    private final List<Found> found;
    private final int channels;
    private final int height;
    private final int width;
    private final Resize resize;

    private SparkImages(String name, List<Found> found, int channels, int height, int width, Resize resize) {
        this.name = name;
        this.found = found;
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
        List<Found> found = new ArrayList<>();
        for (FileStatus child : files.listStatus(root)) {
            if (child.isDirectory() && counts(child.getPath())) {
                addAll(files, child.getPath(), found);
            }
        }
        found.sort(Comparator.comparing(Found::name));
        if (found.stream().map(Found::className).distinct().count() < 2) {
            throw new IllegalArgumentException(
                    folder + ": expected a folder of pictures for each of at least two" + " classes, got "
                            + found.stream().map(Found::className).distinct().toList());
        }
        return new SparkImages(folder, List.copyOf(found), 3, 0, 0, Resize.STRETCH);
    }

    private static boolean counts(Path path) {
        return !path.getName().startsWith(".") && !path.getName().startsWith("_");
    }

    private static void addAll(FileSystem files, Path classFolder, List<Found> found) throws IOException {
        String prefix = files.makeQualified(classFolder).toString();
        RemoteIterator<LocatedFileStatus> within = files.listFiles(classFolder, true);
        while (within.hasNext()) {
            LocatedFileStatus file = within.next();
            String path = file.getPath().toString();
            if (counts(file.getPath())) {
                String name = classFolder.getName() + path.substring(prefix.length());
                found.add(new Found(path, file.getLen(), classFolder.getName(), name));
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
        return new SparkImages(name, found, channels, pixelsHigh, pixelsWide, resize);
    }

    /** {@return these pictures in grey} */
    public SparkImages grey() {
        return new SparkImages(name, found, 1, height, width, resize);
    }

    /**
     * {@return these pictures brought to their size in another way}
     *
     * @param how what is done with those of another size
     */
    public SparkImages resize(Resize how) {
        return new SparkImages(name, found, channels, height, width, Objects.requireNonNull(how, "how"));
    }

    /** {@return how many pictures there are} */
    public int count() {
        return found.size();
    }

    PictureIndex index() {
        if (height == 0) {
            throw new IllegalStateException("the pictures of " + name + " have no size yet: call size(height, width)");
        }
        SequencedSet<String> classes = new TreeSet<>();
        found.forEach(f -> classes.add(f.className()));
        ArrayList<String> classNames = new ArrayList<>(classes);
        ArrayList<String> files = new ArrayList<>();
        ArrayList<PictureIndex.Entry> pictures = new ArrayList<>();
        for (Found each : found) {
            pictures.add(new PictureIndex.Entry(
                    files.size(), 0, Math.toIntExact(each.size()), each.name(), classNames.indexOf(each.className())));
            files.add(each.path());
        }
        return new PictureIndex(name, files, pictures, classNames, channels, height, width, resize);
    }
}
