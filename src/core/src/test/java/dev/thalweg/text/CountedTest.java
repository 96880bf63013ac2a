package dev.thalweg.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountedTest {
    @ParameterizedTest
    @CsvSource({
        "0, picture, 0 pictures",
        "1, picture, 1 picture",
        "2, picture, 2 pictures",
        "1, class, 1 class",
        "12, class, 12 classes",
        "1000000000000, more byte, 1000000000000 more bytes"
    })
    void oneIsSingular(long count, String thing, String text) {
        assertEquals(text, Counted.of(count, thing));
    }
}
