package dev.thalweg.spark.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTest {
    /** By the distances to both neighbours, as doubles, which hold them all exactly. */
    static float nearest(float number) {
        float below = Float.intBitsToFloat(Float.floatToRawIntBits(number) & 0xffff_0000);
        float beyond = Float.intBitsToFloat(Float.floatToRawIntBits(below) + 0x1_0000);
        // The step beyond the greatest number is as large as the one before it.
        double next = Float.isInfinite(beyond) ? 2.0 * Math.copySign(Math.pow(2, 127), number) : beyond;
        double back = Math.abs((double) number - below);
        double ahead = Math.abs(next - number);
        boolean even = (Float.floatToRawIntBits(below) & 0x1_0000) == 0;
        return back < ahead || back == ahead && even ? below : beyond;
    }

    @Test
    void numbersAreRoundedToTheNearest() {
        Random random = new Random(1);
        float[] numbers = new float[100_003];
        for (int i = 0; i < numbers.length; i++) {
            do {
                numbers[i] = Float.intBitsToFloat(random.nextInt());
            } while (!Float.isFinite(numbers[i]));
        }
        float[] ends = {
            0,
            -0f,
            1,
            -1,
            0x1.01p0f,
            0x1.03p0f,
            Float.MIN_VALUE,
            Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            0x1.fep127f
        };
        System.arraycopy(ends, 0, numbers, 0, ends.length);
        float[] travelled = travelled(numbers);
        for (int i = 0; i < numbers.length; i++) {
            assertEquals(nearest(numbers[i]), travelled[i], "of " + numbers[i]);
        }
    }

    @Test
    void whatIsNoNumberStaysNone() {
        int[] bits = {0x7fc0_0000, 0x7f80_0001, 0x7fff_ffff, 0xffff_ffff, 0xff80_0001};
        float[] strange = new float[bits.length + 2];
        for (int i = 0; i < bits.length; i++) {
            strange[i] = Float.intBitsToFloat(bits[i]);
        }
        strange[bits.length] = Float.POSITIVE_INFINITY;
        strange[bits.length + 1] = Float.NEGATIVE_INFINITY;
        float[] travelled = travelled(strange);
        for (int i = 0; i < bits.length; i++) {
            assertTrue(Float.isNaN(travelled[i]), Integer.toHexString(bits[i]));
        }
        assertEquals(Float.POSITIVE_INFINITY, travelled[bits.length]);
        assertEquals(Float.NEGATIVE_INFINITY, travelled[bits.length + 1]);
    }

    @Test
    void nothingTravelsInOtherForms() {
        assertThrows(IllegalArgumentException.class, () -> Wire.of(Precision.F16));
    }

    private static float[] travelled(float[] numbers) {
        try (MemoryOwner owner = MemoryOwner.named("numbers that travel")) {
            Rooms rooms = new Rooms(owner);
            MemorySegment floats = owner.allocate(4L * numbers.length);
            floats.copyFrom(MemorySegment.ofArray(numbers));
            MemorySegment packed = Wire.BF16.pack(floats, rooms);
            assertEquals(2L * numbers.length, packed.byteSize());
            MemorySegment back = owner.allocate(4L * numbers.length);
            Wire.BF16.unpack(packed, back);
            float[] unpacked = Wire.BF16.unpack(packed, rooms).toArray(ValueLayout.JAVA_FLOAT);
            for (int i = 0; i < numbers.length; i++) {
                assertEquals(back.getAtIndex(ValueLayout.JAVA_FLOAT, i), unpacked[i]);
            }
            return unpacked;
        }
    }
}
