package dev.thalweg.spark.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaceFoldersTest {
    private static PlaceFolders of(String... names) {
        return new PlaceFolders("hdfs:/pictures", List.of(names));
    }

    @Test
    void partsAreToldFromClasses() {
        PlaceFolders parted = of("train", "valid", "test", "beside");
        assertEquals(Optional.of("train"), parted.train());
        assertEquals(Optional.of("valid"), parted.validation());
        assertEquals(Optional.of("test"), parted.test());
        assertEquals(Optional.of("test"), parted.tested());
        assertEquals(Optional.of("train"), of("train").train());
        for (PlaceFolders classes : List.of(of("car", "plane", "train"), of("test", "cat"), of())) {
            assertEquals(Optional.empty(), classes.train());
            assertEquals(Optional.empty(), classes.validation());
            assertEquals(Optional.empty(), classes.test());
            assertEquals(Optional.empty(), classes.tested());
        }
    }

    /** Which would be taken for classes else. */
    @Test
    void aPartThatIsNotThereIsMissed() {
        PlaceFolders untrained = of("val", "test");
        assertEquals(
                "hdfs:/pictures: expected a sub-folder train to learn from, or one for each class, got [test, val]",
                assertThrows(IllegalArgumentException.class, untrained::train).getMessage());
        assertEquals(Optional.of("test"), untrained.tested());
        PlaceFolders untested = of("train", "val");
        assertTrue(assertThrows(IllegalArgumentException.class, untested::tested)
                .getMessage()
                .contains("test to test on"));
        PlaceFolders twice = of("train", "val", "valid");
        assertThrows(IllegalArgumentException.class, twice::validation);
    }
}
