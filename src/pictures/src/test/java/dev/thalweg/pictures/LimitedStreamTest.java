package dev.thalweg.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LimitedStreamTest {
    @Test
    void aStreamEndsWhereItsLimitIs() throws IOException {
        LimitedStream stream = new LimitedStream(new ByteArrayInputStream(new byte[100]), 50);
        stream.allow(10);
        assertEquals(10, stream.readNBytes(new byte[10], 0, 10));
        assertThrows(IOException.class, stream::read);
        assertThrows(IOException.class, () -> stream.skip(1));
        stream.allow(Long.MAX_VALUE);
        assertEquals(40, stream.skip(60));
        String message =
                assertThrows(IOException.class, () -> stream.read(new byte[5])).getMessage();
        assertTrue(message.contains("byte 50, expected no more"), message);
    }
}
