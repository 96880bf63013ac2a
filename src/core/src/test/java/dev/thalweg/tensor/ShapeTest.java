package dev.thalweg.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.text.PrintableText;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShapeTest {
    /** Extents of all magnitudes, against products of any length. */
    @Test
    void noProductOfExtentsOverflowsUnseen() {
        SplittableRandom random = new SplittableRandom(12);
        int held = 0;
        for (int round = 0; round < 20_000; round++) {
            int[] dims = IntStream.generate(() -> Math.max(1, random.nextInt() >>> random.nextInt(1, 32)))
                    .limit(random.nextInt(1, 13))
                    .toArray();
            BigInteger elements =
                    Arrays.stream(dims).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
            if (elements.bitLength() <= 40 || elements.equals(BigInteger.ONE.shiftLeft(40))) {
                assertEquals(elements.longValueExact(), Shape.of(dims).elements());
                held++;
            } else {
                assertThrows(ShapeException.class, () -> Shape.of(dims), () -> Arrays.toString(dims));
            }
        }
        assertTrue(held > 2_000 && held < 18_000, "drawn on both sides: " + held);
    }

    @Test
    void whatCannotBeHeldIsRefused() {
        assertThrows(ShapeException.class, () -> Shape.of(1 << 16, 1 << 16, 1 << 16, 1 << 16));
        assertThrows(ShapeException.class, () -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 4));
        assertThrows(
                ShapeException.class,
                () -> Shape.of(IntStream.generate(() -> 1).limit(13).toArray()));
        assertThrows(ShapeException.class, () -> Shape.of(1 << 16, 1 << 15).arrayLength());
        assertThrows(ShapeException.class, () -> Shape.of(1 << 20, 1 << 10).batched(1 << 11));
        assertThrows(ShapeException.class, () -> Shape.of().withoutBatch());
        assertThrows(ShapeException.class, () -> Shape.of(3).perChannel());
        assertThrows(ShapeException.class, () -> Shape.extent(1L << 31));
        assertThrows(ShapeException.class, () -> Shape.extent(0));
        assertEquals(Integer.MAX_VALUE, Shape.extent(Integer.MAX_VALUE));
    }

    @Test
    void messagesStayShort() {
        String message = assertThrows(ShapeException.class, () -> Shape.of(new int[1_000_000]))
                .getMessage();
        assertTrue(message.length() < 200, message);
        assertTrue(new ShapeException("x".repeat(1 << 20) + "end").getMessage().length() < 2_100);
        assertTrue(new ShapeException("x".repeat(1 << 20) + "end").getMessage().endsWith("end"));
        assertEquals("a\uFFFDb", PrintableText.excerpt("a\u001bb"));
        assertTrue(PrintableText.isPrintable("猫 👩‍🚀 قطة"));
        assertFalse(PrintableText.isPrintable("a\nb"));
    }
}
