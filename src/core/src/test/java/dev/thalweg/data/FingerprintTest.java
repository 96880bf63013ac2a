package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.tensor.Shape;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static ImageDataset held(Shape shape, List<String> classes, int[] labels, int shift) {
        return ImageDataset.of("held", shape, classes, labels, (i, pixels) -> {
            for (int at = 0; at < pixels.shape().elements(); at++) {
                pixels.set(at, (byte) (i + at + shift));
            }
        });
    }

    private static String of(ImageDataset pictures) {
        try (pictures) {
            return pictures.fingerprint();
        }
    }

    @Test
    void whateverTellsPicturesApartTellsFingerprintsApart() {
        List<String> classes = List.of("ab", "c");
        String one = of(held(Shape.of(1, 2, 3), classes, new int[] {0, 1}, 0));
        assertEquals(one, of(held(Shape.of(1, 2, 3), classes, new int[] {0, 1}, 0)), "the same pictures");
        assertNotEquals(one, of(held(Shape.of(1, 2, 3), classes, new int[] {0, 1}, 1)), "other bytes");
        assertNotEquals(one, of(held(Shape.of(1, 3, 2), classes, new int[] {0, 1}, 0)), "another shape");
        assertNotEquals(one, of(held(Shape.of(1, 2, 3), classes, new int[] {1, 0}, 0)), "other labels");
        assertNotEquals(
                one,
                of(held(Shape.of(1, 2, 3), List.of("a", "bc"), new int[] {0, 1}, 0)),
                "other classes of the same letters");
    }

    @Test
    void itIsSha256OfWhatTheJavadocSays() throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(
                new byte[] {0, 0, 0, 1, 'x', 0, 0, 0, 9, '[', '1', ',', ' ', '1', ',', ' ', '2', ']', 0, 0, 0, 0, 7, 8
                });
        assertEquals(
                HexFormat.of().formatHex(digest.digest()), of(held(Shape.of(1, 1, 2), List.of("x"), new int[] {0}, 7)));
    }

    @Test
    void streamedPicturesAreKnownByTheirIdentities() {
        Shape shape = Shape.of(1, 1, 1);
        PixelWriter never = (i, pixels) -> {
            throw new AssertionError("picture " + i + " is read");
        };
        String one = of(ImageDataset.streamed(
                "s", shape, Targets.ofClasses(List.of("x"), new int[2]), List.of("a 1", "b 2"), never));
        assertEquals(
                one,
                of(ImageDataset.streamed(
                        "t", shape, Targets.ofClasses(List.of("x"), new int[2]), List.of("a 1", "b 2"), never)));
        assertNotEquals(
                one,
                of(ImageDataset.streamed(
                        "s", shape, Targets.ofClasses(List.of("x"), new int[2]), List.of("a 1", "b 3"), never)));
        assertThrows(
                IllegalArgumentException.class,
                () -> ImageDataset.streamed(
                        "s", shape, Targets.ofClasses(List.of("x"), new int[2]), List.of("a 1"), never));
    }
}
