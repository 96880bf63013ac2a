package dev.thalweg.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CheckpointNameTest {
    @Test
    void namesSortByAge() {
        List<String> byAge = List.of(
                CheckpointName.of(0, 12), CheckpointName.of(9, 0), CheckpointName.of(9, 1), CheckpointName.of(10, 0));
        assertEquals(byAge, byAge.stream().sorted().toList());
        assertTrue(byAge.stream().allMatch(CheckpointName::is));
    }

    @Test
    void othersAreToldApart() {
        assertTrue(Stream.of(
                        "checkpoint-1-2.safetensors",
                        "_checkpoint-00001-0000002.safetensors",
                        "checkpoint-00001-0000002.safetensors.part",
                        "model.safetensors")
                .noneMatch(CheckpointName::is));
        assertFalse(CheckpointName.is(""));
    }
}
