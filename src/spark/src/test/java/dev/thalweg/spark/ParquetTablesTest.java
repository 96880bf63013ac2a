package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Which files there are, what they call their classes, and which columns are meant. */
class ParquetTablesTest {
    @TempDir
    private Path directory;

    private Path written(String name, Map<String, String> metadata) throws IOException {
        Path file = directory.resolve(name);
        HuggingFaceTable.write(file, metadata, List.of(new HuggingFaceTable.Picture(new byte[1], 0)));
        return file;
    }

    private ParquetTables at(String place) throws IOException {
        return ParquetTables.at(directory.resolve(place).toString(), new Configuration());
    }

    private List<String> found(String place) throws IOException {
        return at(place).files().stream()
                .map(file ->
                        directory.toUri().relativize(file.getPath().toUri()).toString())
                .map(file -> file.replaceFirst("^.*/(?=[^/]+/[^/]+$)", ""))
                .toList();
    }

    private static void assertRefused(String why, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(why), message);
    }

    private static Map<String, String> names(String... classNames) {
        return HuggingFaceTable.names("label", List.of(classNames));
    }

    @Test
    void filesAreOfAFolderOrAPattern() throws IOException {
        for (String file : List.of("b.parquet", "a.parquet", "train-1.parquet", ".hidden.parquet", "_c.parquet")) {
            written("some/" + file, Map.of());
        }
        written("some/deeper/d.parquet", Map.of());
        Files.writeString(directory.resolve("some/notes.txt"), "no table");
        written("more/a.parquet", Map.of());
        assertEquals(List.of("some/a.parquet", "some/b.parquet", "some/train-1.parquet"), found("some"));
        assertEquals(List.of("some/train-1.parquet"), found("some/train[^A-Za-z]*.parquet"));
        assertEquals(List.of("more/a.parquet"), found("mo*"));
        assertEquals(List.of("more/a.parquet"), found("more/a.parquet"));
        assertRefused("a.parquet: expected files of different names", () -> at("{some,more}"));
        written("odd/a[1].parquet", Map.of());
        assertRefused("which Spark takes for a pattern", () -> at("odd"));
        for (String none : List.of("some/x*", "none", "some/notes")) {
            assertRefused("expected a Parquet file, a folder with files whose names end in .parquet", () -> at(none));
        }
    }

    @Test
    void metadataNameClasses() throws IOException {
        for (Map<String, String> none : List.of(
                Map.<String, String>of(),
                Map.of("pandas", "{}"),
                Map.of("huggingface", "{\"info\": null}"),
                Map.of("huggingface", "{\"info\": {\"features\": {\"label\": {\"_type\": \"Value\"}}}}"))) {
            written("none.parquet", none);
            assertEquals(Map.of(), at("none.parquet").classNames());
        }
        written("named.parquet", names("c", "a", "b"));
        assertEquals(
                Map.of("label", List.of("c", "a", "b")), at("named.parquet").classNames());
        written("broken.parquet", Map.of("huggingface", "{no"));
        assertRefused(
                "broken.parquet: expected JSON as metadata huggingface",
                () -> at("broken.parquet").classNames());
        Files.writeString(directory.resolve("short.parquet"), "PAR1 and no more");
        assertRefused(
                "short.parquet: expected a Parquet file: ",
                () -> at("short.parquet").classNames());
    }

    @Test
    void filesMustAgree() throws IOException {
        written("same/a.parquet", names("x", "y"));
        written("same/b.parquet", names("x", "y"));
        at("same").checkClassNames("label", List.of("x", "y"));
        for (Map<String, String> other : List.of(Map.<String, String>of(), names("y", "x"), names("x"))) {
            written("same/c.parquet", other);
            assertRefused(
                    "/same/c.parquet: expected the class names of file:" + directory + "/same/a.parquet, [x, y], got [",
                    () -> at("same").checkClassNames("label", List.of("x", "y")));
        }
    }

    private static ParquetColumns columns(StructType schema) {
        return ParquetColumns.of("place", schema, Set.of("fine"));
    }

    @Test
    void columnsAreThoseOfTheReaderOfOneMachine() {
        StructType structure =
                new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);
        StructType usual = new StructType().add("image", structure).add("label", DataTypes.LongType);
        assertEquals(new ParquetColumns("`image`.bytes", "label"), columns(usual));
        assertEquals(
                new ParquetColumns("`image`.bytes", "label"),
                columns(usual.add("thumb", DataTypes.BinaryType).add("fine", DataTypes.IntegerType)));
        StructType other = new StructType()
                .add("i.d", DataTypes.LongType)
                .add("i.m`g", DataTypes.BinaryType)
                .add("fine", DataTypes.IntegerType);
        assertEquals(new ParquetColumns("`i.m``g`", "fine"), columns(other));
        assertRefused(
                "place: expected a column image of bytes, or of {bytes, path}, got the columns i.d (bigint), i.m`g"
                        + " (binary), fine (int), img (binary)",
                () -> columns(other.add("img", DataTypes.BinaryType)));
        assertRefused(
                "place: expected a column label of whole numbers or text, got the columns img (struct<bytes:binary,"
                        + "path:string>), label (double), id (int)",
                () -> columns(new StructType()
                        .add("img", structure)
                        .add("label", DataTypes.DoubleType)
                        .add("id", DataTypes.IntegerType)));
    }
}
