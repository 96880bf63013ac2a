package dev.thalweg.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrintableTextTest {
    @Test
    void noControlCharacterReachesTheTerminal() {
        for (int c = 0; c < 0x20; c++) {
            assertEquals("a\uFFFDb", PrintableText.printable("a" + (char) c + "b"), "U+" + Integer.toHexString(c));
        }
        for (int c : new int[] {0x7F, 0x80, 0x9B, 0x9F, 0x2028, 0x2029, 0x202E, 0x2066, 0x2069, 0xD800}) {
            assertEquals(
                    "a\uFFFDb",
                    PrintableText.printable("a" + Character.toString(c) + "b"),
                    "U+" + Integer.toHexString(c));
        }
    }

    @Test
    void lettersOfAllScriptsStay() {
        for (String name : new String[] {"chat noir", "猫", "σκύλος", "قطة", "👩‍🚀", "क्षि", "a\u00A0b"}) {
            assertEquals(name, PrintableText.printable(name));
        }
    }
}
