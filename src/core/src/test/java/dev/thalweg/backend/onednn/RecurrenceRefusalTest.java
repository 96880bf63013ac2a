package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.opencl.OpenClDevice;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrenceRefusalTest {
    private static OpenClDevice device(int architecture, int units) {
        return new OpenClDevice("a GPU", "OpenCL 3.0", "1", 1 << 30, units, architecture, true, true, true);
    }

    @ParameterizedTest
    @CsvSource({"12, 16", "12, 96", "20, 160", "30, 64"})
    void theyAreComputedWhereOneDnnKnowsTheDevice(int architecture, int units) {
        assertEquals(Optional.empty(), RecurrenceRefusal.of(device(architecture, units), false));
    }

    @ParameterizedTest
    @CsvSource({"0, 96", "9, 24", "11, 64", "12, 8", "20, 0"})
    void theyAreRefusedWhereItDividesByZero(int architecture, int units) {
        String why = RecurrenceRefusal.of(device(architecture, units), false).orElseThrow();
        assertTrue(why.contains("architecture " + architecture + " with " + units + " compute units"), why);
    }

    @Test
    void theyAreRefusedInBuffersWhereMemoryIsUnified() {
        String why = RecurrenceRefusal.of(device(20, 160), true).orElseThrow();
        assertTrue(why.contains("thalweg.opencl.memory"), why);
    }
}
