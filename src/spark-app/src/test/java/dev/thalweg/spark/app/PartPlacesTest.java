package dev.thalweg.spark.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Parts of Parquet files, by the words with which their names begin. */
class PartPlacesTest {
    private static PartPlaces of(String... words) {
        return new PartPlaces.Tables("hdfs:/t", new TreeSet<>(Arrays.asList(words)));
    }

    private static Optional<String> files(String words) {
        return Optional.of("hdfs:/t/{" + words + "}[^A-Za-z]*parquet");
    }

    private static void assertRefused(String why, Supplier<?> call) {
        String message = assertThrows(IllegalArgumentException.class, call::get).getMessage();
        assertTrue(message.contains(why), message);
    }

    @Test
    void partsAreThoseOfAllFiles() {
        PartPlaces parted = of("train", "valid", "test");
        assertEquals(files("train"), Optional.of(parted.train()));
        assertEquals(files("val,valid,validation"), parted.validation());
        assertEquals(files("test"), parted.test());
        assertEquals(files("test"), Optional.of(parted.tested()));
        for (PartPlaces whole : new PartPlaces[] {of("train"), of("train", "pictures"), of("val", "test"), of()}) {
            assertEquals("hdfs:/t", whole.train());
            assertEquals(Optional.empty(), whole.validation());
            assertEquals(Optional.empty(), whole.test());
            assertEquals("hdfs:/t", whole.tested());
        }
    }

    @Test
    void whatIsMissingOrTwiceIsSaid() {
        PartPlaces untested = of("train", "val");
        assertRefused("begin with test", untested::tested);
        PartPlaces twice = of("train", "val", "validation");
        assertRefused("[val, validation]", twice::validation);
    }
}
