package dev.thalweg.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices, precisions and numbers of threads, and the words of the command line for them. */
class DeviceTypesTest {
    @ParameterizedTest
    @CsvSource({"cpu,CPU,0", "gpu,GPU,0", "gpu:0,GPU,0", "gpu:12,GPU,12", "auto,AUTO,0"})
    void wordsNameDevices(String word, Device.Kind kind, int index) {
        Device device = Device.parse(word);
        assertEquals(new Device(kind, index), device);
        assertEquals(device, Device.parse(device.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tpu", "gpu:", "gpu:-1", "gpu:x", "gpu:99999", "CPU", "cpu:0"})
    void otherWordsAreRefused(String word) {
        String message = assertThrows(IllegalArgumentException.class, () -> Device.parse(word))
                .getMessage();
        assertTrue(message.contains("\"" + word + "\"") && message.contains("gpu:N"), message);
    }

    @Test
    void onlyGpusAreCounted() {
        assertThrows(IllegalArgumentException.class, () -> Device.gpu(-1));
        assertThrows(IllegalArgumentException.class, () -> new Device(Device.Kind.CPU, 1));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void wordsNamePrecisions(Precision precision) {
        assertEquals(precision, Precision.parse(precision.toString()));
        assertThrows(IllegalArgumentException.class, () -> Precision.parse(precision.name()));
    }

    @Test
    void threadsAreCounted() {
        assertEquals(3, Threads.of(3).count());
        for (int wrong : new int[] {0, -1, 4097}) {
            assertThrows(IllegalArgumentException.class, () -> Threads.of(wrong));
        }
        String before = System.setProperty(Threads.PROPERTY, "5");
        try {
            assertEquals(Threads.of(5), Threads.auto());
            System.setProperty(Threads.PROPERTY, "many");
            String message =
                    assertThrows(IllegalArgumentException.class, Threads::auto).getMessage();
            assertTrue(message.contains(Threads.PROPERTY) && message.contains("many"), message);
        } finally {
            if (before == null) {
                System.clearProperty(Threads.PROPERTY);
            } else {
                System.setProperty(Threads.PROPERTY, before);
            }
        }
    }
}
