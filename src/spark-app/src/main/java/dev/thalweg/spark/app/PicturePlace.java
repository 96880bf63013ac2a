package dev.thalweg.spark.app;

import dev.thalweg.data.Resize;
import dev.thalweg.spark.SparkImages;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where pictures lie; shared by the commands. */
final class PicturePlace {
    private static final String TRAIN = "train";

    @Option(
            names = "--data",
            paramLabel = "PLACE",
            required = true,
            description = "A folder with a sub-folder of pictures for each class, or such sub-folders in train, val and"
                    + " test, on whatever file system Hadoop knows, such as hdfs:/pictures.")
    private String data = "";

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            description = "How pictures come to their size: crop (scale the short side, cut the long one), pad (scale"
                    + " the long side, fill with white) or stretch (default: crop; that of its model, where there is"
                    + " one).")
    private @Nullable Resize resize;

    /**
     * The parts that a folder has.
     *
     * @param train to learn from
     * @param validation after every epoch; empty where there is no such folder
     * @param test in the end; empty where there is no such folder
     */
    record Parts(SparkImages train, Optional<SparkImages> validation, Optional<SparkImages> test) {}

    /** Finds all parts. */
    Parts parts(SparkSession spark, Shape shape) throws IOException {
        Optional<SparkImages> train = part(spark, TRAIN, shape);
        return train.isEmpty()
                ? new Parts(images(spark, data, shape, Resize.CROP), Optional.empty(), Optional.empty())
                : new Parts(train.get(), part(spark, "val", shape), part(spark, "test", shape));
    }

    /** Finds the part to test on, or all pictures where there are no parts. */
    SparkImages test(SparkSession spark, Shape shape, Resize usual) throws IOException {
        String test = data + "/test";
        return images(spark, exists(spark, test) ? test : data, shape, usual);
    }

    /** The place as it was given. */
    String given() {
        return data;
    }

    private Optional<SparkImages> part(SparkSession spark, String name, Shape shape) throws IOException {
        String folder = data + "/" + name;
        return exists(spark, folder) ? Optional.of(images(spark, folder, shape, Resize.CROP)) : Optional.empty();
    }

    private static boolean exists(SparkSession spark, String folder) throws IOException {
        Path path = new Path(folder);
        FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
        return files.exists(path);
    }

    private SparkImages images(SparkSession spark, String folder, Shape shape, Resize usual) throws IOException {
        SparkImages found = SparkImages.folder(spark, folder)
                .size(shape.dim(1), shape.dim(2))
                .resize(resize == null ? usual : resize);
        return shape.dim(0) == 1 ? found.grey() : found;
    }
}
