package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.ImageDataset;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What columns say of pictures, read by a session within this process. */
class SparkTablesTest {
    /** Recorded for the reader of one machine, whose tests say what is in them. */
    private static final Path RECORDED =
            Path.of(System.getProperty("thalweg.test.root", "../.."), "src/parquet/src/test/resources/tables");

    private static final List<String> CLASSES = List.of("red", "green/dark", "blue");
    private static final int[] COLOURS = {0xff0000, 0x008000, 0x0000ff};

    @TempDir
    private static Path directory;

    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .appName("thalweg")
                .config("spark.ui.enabled", "false")
                // To compile what reads thirty rows takes longer than to read them.
                .config("spark.sql.codegen.wholeStage", "false")
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .getOrCreate();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static SparkImages tables(Path place) throws IOException {
        return SparkImages.parquet(
                        spark,
                        place.toAbsolutePath().normalize().toString(),
                        directory.resolve("staged").toUri().toString())
                .size(4, 6);
    }

    /** Compressed or not, structures or bytes, numbers or text, one file or several. */
    @ParameterizedTest
    @ValueSource(strings = {"snappy.parquet", "plain.parquet", "other-names.parquet", "duckdb.parquet", "parts"})
    void recordedTablesHoldTheirPictures(String table) throws IOException {
        // By name, the part to test with comes first: rows 24 to 29, 0 to 17, 18 to 23.
        List<Integer> numbers = table.equals("parts")
                ? IntStream.of(24, 0, 6, 12, 18)
                        .boxed()
                        .flatMap(from -> IntStream.range(from, from + 6).boxed())
                        .toList()
                : IntStream.range(0, 30).boxed().toList();
        try (ImageDataset data = tables(RECORDED.resolve(table)).dataset(spark)) {
            assertEquals(CLASSES, data.classNames());
            assertEquals(30, data.size());
            for (int i = 0; i < 30; i++) {
                int number = numbers.get(i);
                assertEquals(number % 3, data.label(i));
                assertEquals(COLOURS[number % 3] ^ number << 8, colour(data.pixels(i)));
            }
        }
    }

    private static int colour(MemorySegment pixels) {
        return IntStream.of(0, 24, 48)
                .map(at -> pixels.get(ValueLayout.JAVA_BYTE, at) & 0xff)
                .reduce(0, (rgb, channel) -> rgb << 8 | channel);
    }

    /** As the guide shows it, to the letter. */
    @Test
    void theGuideShowsWhatRuns() throws IOException {
        String tables = RECORDED.resolve("parts").toAbsolutePath().normalize().toString();
        String directory = SparkTablesTest.directory.resolve("shown").toUri().toString();
        SparkImages train = SparkImages.parquet(spark, tables + "/train-*.parquet", directory)
                .size(32, 32);
        assertEquals(18, train.count());
        ShownCode.assertIsIn(SparkTablesTest.class, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no-label      | no-label.parquet/0000000011: expected a label, or whatever is to be said of it, got null
            no-picture    | no-picture.parquet/0000000005: expected the bytes of a picture, got null
            unknown-class | unknown-class.parquet/0000000023: expected a number from 0 to 2, as there are names, got 3
            list          | a column label of whole numbers or text, got the columns image (binary), label (array
            no-image      | of bytes, or of {bytes, path}, got the columns width (double), caption (string), label (big
            """)
    void whatIsNoTableOfPicturesIsRefused(String table, String why) {
        Path file = RECORDED.resolve(table + ".parquet");
        assertRefused(why, () -> tables(file));
    }

    private static void assertRefused(String why, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(why), message);
    }

    private static PictureTargets targets(TargetColumns columns, String... rows) {
        Dataset<Row> data = spark.sql("SELECT X'00' AS image, * FROM VALUES " + String.join(", ", rows) + " AS t(a, b)")
                .coalesce(1);
        return SparkImages.dataFrame(
                        data,
                        "image",
                        columns,
                        directory.resolve("values").toUri().toString())
                .size(1, 1)
                .index()
                .targets();
    }

    @Test
    void columnsOfTargetsKeepWhatTheySay() {
        var classes = (PictureTargets.OfClasses)
                targets(new TargetColumns.Classes("a", List.of("red", "blue", "green")), "(2S, 0)", "(1S, 0)");
        assertArrayEquals(new int[] {2, 1}, classes.labels());
        TargetColumns several = new TargetColumns.MultiLabels("a", List.of("round", "red"));
        var labels = (PictureTargets.OfRows)
                targets(several, "(array('red', 'round'), 0)", "(array(), 0)", "(array('red'), 0)");
        assertArrayEquals(new float[][] {{1, 1}, {0, 0}, {0, 1}}, labels.rows());
        float[][] expected = {{0.1f, -3}, {1e-30f, 4}};
        var numbers =
                (PictureTargets.OfRows) targets(new TargetColumns.Regression("a", "b"), "(0.1D, -3)", "(1e-30D, 4)");
        assertEquals(List.of("a", "b"), numbers.names());
        assertArrayEquals(expected, numbers.rows());
        TargetColumns one = new TargetColumns.Regression("a");
        var unnamed = (PictureTargets.OfRows) targets(one, "(array(0.1D, -3D), 0)", "(array(1e-30D, 4D), 0)");
        assertEquals(List.of(), unnamed.names());
        assertArrayEquals(expected, unnamed.rows());
        assertRefused("got null", () -> targets(several, "(array('red', null), 0)"));
        assertRefused("of arrays of text or of whole numbers, got one of int", () -> targets(several, "(1, 0)"));
        assertRefused("of numbers or of arrays of numbers, got one of string", () -> targets(one, "('x', 0)"));
        Dataset<Row> noBytes = spark.sql("SELECT 'x' AS image, 'y' AS label");
        assertRefused(
                "expected a column \"image\" of bytes, got one of string",
                () -> SparkImages.dataFrame(noBytes, "image", "label", "nowhere"));
        TargetColumns both = new TargetColumns.Regression("a", "b");
        assertRefused("of numbers, got one of array<int>", () -> targets(both, "(array(1), 0)"));
        assertRefused(
                "of text or of whole numbers, got one of", () -> targets(new TargetColumns.Classes("a"), "(1D, 0)"));
    }
}
