package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A table gives what a folder of the same pictures gives. */
class ParquetTest {
    @TempDir
    private Path temporary;

    private static ImageFolder reading(Path place) {
        return ImageFolder.of(place).seed(7).validation(0.2).imageShape(Shape.of(3, 4, 6));
    }

    private static void assertSame(Path folder, Path table) throws IOException {
        long before = MemoryOwner.liveBytes();
        for (boolean streamed : List.of(false, true)) {
            try (DataSplit expected = reading(folder).streamed(streamed).read();
                    DataSplit got = reading(table).streamed(streamed).read()) {
                assertSame(expected, got);
            }
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    private static void assertSame(DataSplit expected, DataSplit got) {
        assertEquals(3, expected.parts().size());
        assertEquals(3, got.parts().size());
        for (int part = 0; part < 3; part++) {
            ImageDataset one = expected.parts().get(part);
            ImageDataset other = got.parts().get(part);
            assertEquals(one.classNames(), other.classNames());
            assertEquals(one.size(), other.size());
            for (int i = 0; i < one.size(); i++) {
                assertEquals(one.label(i), other.label(i));
                assertEquals(-1, one.pixels(i).mismatch(other.pixels(i)), "part " + part + ", picture " + i);
            }
        }
        assertEquals(expected.reading(), got.reading());
    }

    /** Compressed or not, in pages of both versions, by a dictionary or not; structures or bytes; numbers or text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "snappy",
                "zstd",
                "gzip",
                "uncompressed",
                "uncompressed-dictionary",
                "second-version",
                "second-version-uncompressed",
                "plain",
                "other-names",
                "duckdb"
            })
    void picturesAndClassesAreThoseOfTheFolder(String table) throws IOException {
        Tables.write(new PictureFolder(temporary), "", 0, 30);
        assertSame(temporary, Tables.at(table + ".parquet"));
    }

    @Test
    void partsAreToldByTheNamesOfFiles() throws IOException {
        PictureFolder folder = new PictureFolder(temporary);
        Tables.write(folder, "train/", 0, 18);
        Tables.write(folder, "validation/", 18, 24);
        Tables.write(folder, "test/", 24, 30);
        assertSame(temporary, Tables.at("parts"));
    }

    @Test
    void filesOfOnePartAreParted() throws IOException {
        Tables.write(new PictureFolder(temporary), "", 0, 18);
        Path parts = Tables.at("parts");
        assertSame(temporary, parts.resolve("train-{00000..00001}-of-00002.parquet"));
    }

    @Test
    void rowsWithoutPictureAreNamedAndMayBeSkipped() throws IOException {
        ImageFolder table = reading(Tables.at("no-picture.parquet"));
        String message = assertThrows(BadFileException.class, table::read).getMessage();
        assertTrue(message.contains("2 of 30 pictures cannot be read"), message);
        assertTrue(message.contains("blue/no-picture.parquet/00000005.jpg: is null or empty"), message);
        assertTrue(message.contains("green_dark/no-picture.parquet/00000007.jpg: is null or empty"), message);
        try (DataSplit rest = table.skipsBad(true).read()) {
            assertEquals(28, rest.parts().stream().mapToInt(ImageDataset::size).sum());
            assertEquals(2, rest.reading().bad().size());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no-label      | row 11: expected a label, got null
            unknown-class | row 23: expected a class from 0 to 2, as there are names, got 3
            none          | row 0: expected the number of a class, from 0 on, got -1
            list          | expected a column label of whole numbers or text, one for each row, got the columns image
            no-image      | bytes, or of {bytes, path}, got the columns width (DOUBLE), caption (text), label (INT64)
            """)
    void whatIsNoTableOfPicturesIsRefused(String table, String why) {
        Path file = Tables.at(table + ".parquet");
        String message =
                assertThrows(BadFileException.class, reading(file)::read).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(why), message);
    }

    @Test
    void aFileThatOnlyBeginsAsATableIsRefused() throws IOException {
        Path file = Files.writeString(temporary.resolve("short.parquet"), "PAR1 and no more than this");
        String message =
                assertThrows(BadFileException.class, reading(file)::read).getMessage();
        assertTrue(message.startsWith(file + ": expected a complete .parquet: "), message);
    }
}
