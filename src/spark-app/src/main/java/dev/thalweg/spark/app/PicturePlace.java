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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where pictures lie; shared by the commands. */
final class PicturePlace {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "PLACE",
            required = true,
            description = "A folder with a sub-folder of pictures for each class, or such sub-folders in train, val and"
                    + " test; or Hugging Face's .parquet, one or a folder of them, where train-, validation- and"
                    + " test- begin the names of parts; on whatever file system Hadoop knows, such as"
                    + " hdfs:/pictures.")
    private String data = "";

    @Option(
            names = "--staging",
            paramLabel = "PLACE",
            description = "Folder that all executors reach, where the pictures of Parquet files are copied to, for each"
                    + " epoch reads them in another order; the copies are deleted in the end.")
    private @Nullable String staging;

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            description = "How pictures come to their size: crop (scale the short side, cut the long one), pad (scale"
                    + " the long side, fill with white) or stretch (default: crop; that of its model, where there is"
                    + " one).")
    private @Nullable Resize resize;

    /**
     * The parts that a place has.
     *
     * @param train to learn from
     * @param validation after every epoch; empty where there is no such part
     * @param test in the end; empty where there is no such part
     */
    record Parts(SparkImages train, Optional<SparkImages> validation, Optional<SparkImages> test) {}

    /** Finds all parts. */
    Parts parts(SparkSession spark, Shape shape) throws IOException {
        PartPlaces places = PartPlaces.of(spark, data);
        return new Parts(
                images(spark, places, places.train(), shape, Resize.CROP),
                part(spark, places, places.validation(), shape),
                part(spark, places, places.test(), shape));
    }

    /** Finds the part to test on, or all pictures where there are no parts. */
    SparkImages test(SparkSession spark, Shape shape, Resize usual) throws IOException {
        PartPlaces places = PartPlaces.of(spark, data);
        return images(spark, places, places.tested(), shape, usual);
    }

    /** The place as it was given. */
    String given() {
        return data;
    }

    private Optional<SparkImages> part(SparkSession spark, PartPlaces places, Optional<String> place, Shape shape)
            throws IOException {
        return place.isEmpty() ? Optional.empty() : Optional.of(images(spark, places, place.get(), shape, Resize.CROP));
    }

    private SparkImages images(SparkSession spark, PartPlaces places, String place, Shape shape, Resize usual)
            throws IOException {
        SparkImages all =
                places.parquet() ? SparkImages.parquet(spark, place, copies(spark)) : SparkImages.folder(spark, place);
        SparkImages found = all.size(shape.dim(1), shape.dim(2)).resize(resize == null ? usual : resize);
        return shape.dim(0) == 1 ? found.grey() : found;
    }

    /** Makes the folder for copies of this run, which is deleted when it ends. */
    private String copies(SparkSession spark) throws IOException {
        if (staging == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--staging: expected a folder that all executors reach, for copies of the pictures in the Parquet"
                            + " files " + data + ", got none");
        }
        Path folder = new Path(staging, "thalweg-" + spark.sparkContext().applicationId());
        FileSystem files = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
        files.mkdirs(folder);
        files.deleteOnExit(folder);
        return folder.toString();
    }
}
