package dev.thalweg.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.UnavailableException;
import org.junit.jupiter.api.Test;

class OpenClHeapTest {
    @Test
    void memoryIsUnifiedWhereThatIsUnlessToldOtherwise() {
        assertTrue(OpenClHeap.wantsUsm(null, true));
        assertFalse(OpenClHeap.wantsUsm(null, false));
        assertTrue(OpenClHeap.wantsUsm("usm", true));
        assertFalse(OpenClHeap.wantsUsm("buffer", true));
    }

    @Test
    void whatIsNotThereIsRefused() {
        UnavailableException e = assertThrows(UnavailableException.class, () -> OpenClHeap.wantsUsm("usm", false));
        assertTrue(e.getMessage().contains("thalweg.opencl.memory"), e.getMessage());
    }

    @Test
    void otherWordsAreRefused() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> OpenClHeap.wantsUsm("image", true));
        assertEquals("system property thalweg.opencl.memory is \"image\": expected buffer, usm", e.getMessage());
    }
}
