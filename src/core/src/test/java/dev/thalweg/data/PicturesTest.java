package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that are damaged, hostile or not what they are called. What sound ones give is held against Pillow elsewhere.
 */
class PicturesTest {
    private static final String LIMIT = "thalweg.pictures.megapixels";

    @TempDir
    private Path folder;

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] read(Path file) throws IOException {
        return DamagedPictures.read(file);
    }

    private static String refused(Path file) {
        return DamagedPictures.refused(file);
    }

    @Test
    void whatIsCutOffAnywhereIsRefusedOrRight() throws IOException {
        DamagedPictures.cutOff(folder, SamplePictures.all());
    }

    @Test
    void nothingButTheDocumentedExceptionLeaves() throws IOException {
        DamagedPictures.changed(folder, SamplePictures.all());
    }

    /** A header that promises much makes room for nothing. */
    @Test
    void hostileSizesAreRefusedBeforeAnythingIsAllocated() throws IOException {
        for (int side : new int[] {9_999, 20_000, 65_535}) {
            Map<String, byte[]> samples = SamplePictures.all();
            for (String name : List.of("noise.png", "noise.jpg", "noise.gif", "noise.bmp", "noise.tif", "noise.ppm")) {
                DamagedPictures.refusedBeforeAnythingIsAllocated(
                        file(side + name, withSize(name, samples.get(name), side)));
            }
        }
    }

    /** {@return a file that says it were square and large} */
    private static byte[] withSize(String name, byte[] content, int side) {
        byte[] bytes = content.clone();
        ByteBuffer big = ByteBuffer.wrap(bytes);
        ByteBuffer little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (name) {
            case "noise.png" -> big.putInt(16, side).putInt(20, side);
            case "noise.jpg" -> {
                int frame = indexOf(bytes, (byte) 0xff, (byte) 0xc0);
                big.putShort(frame + 5, (short) side).putShort(frame + 7, (short) side);
            }
            case "noise.gif" -> {
                int frame = indexOf(bytes, (byte) 0x2c, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 24);
                little.putShort(frame + 5, (short) side).putShort(frame + 7, (short) side);
            }
            case "noise.bmp" -> little.putInt(18, side).putInt(22, side);
            case "noise.tif" -> {
                int width =
                        indexOf(bytes, (byte) 1, (byte) 0, (byte) 0, (byte) 3, (byte) 0, (byte) 0, (byte) 0, (byte) 1);
                big.putShort(width + 8, (short) side).putShort(width + 20, (short) side);
            }
            default -> {
                return ("P6 " + side + " " + side + " 255\n").getBytes(StandardCharsets.US_ASCII);
            }
        }
        return bytes;
    }

    /** What is within a file must not be larger than what the file says, for its decoder would believe it. */
    @Test
    void partsThatAreLargerThanTheWholeAreRefused() throws IOException {
        byte[] tiff = SamplePictures.jpegWithinTiff();
        assertEquals(DamagedPictures.SHAPE.arrayLength(), read(file("jpeg.tif", tiff)).length);
        int frame = indexOf(tiff, (byte) 0xff, (byte) 0xc0);
        ByteBuffer.wrap(tiff).putShort(frame + 5, (short) 9_999).putShort(frame + 7, (short) 9_999);
        refused(file("jpeg.tif", tiff));
        for (int embedded : new int[] {4, 5}) {
            byte[] bmp = SamplePictures.all().get("noise.bmp");
            ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(30, embedded);
            assertTrue(refused(file("embedded.bmp", bmp)).contains("compression " + embedded));
        }
    }

    private static int indexOf(byte[] bytes, byte... wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new AssertionError("not found: " + Arrays.toString(wanted));
    }

    @Test
    void theLimitIsAProperty() throws IOException {
        Path file = folder.resolve("large.png");
        ImageIO.write(new BufferedImage(1_500, 1_000, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        assertEquals(1_500, Pictures.header(file).orElseThrow().width());
        try {
            System.setProperty(LIMIT, "1");
            String message = refused(file);
            assertTrue(
                    message.contains("1500x1000") && message.contains("1000000") && message.contains(LIMIT), message);
            assertThrows(BadFileException.class, () -> Pictures.header(file));
        } finally {
            System.clearProperty(LIMIT);
        }
        assertEquals(0, read(file)[0]);
    }

    @Test
    void theContentDecidesNotTheName() throws IOException {
        Map<String, byte[]> samples = SamplePictures.all();
        List<String> formats = List.of("PNG", "JPEG", "JPEG", "GIF", "BMP", "TIFF", "NETPBM");
        int i = 0;
        for (byte[] content : samples.values()) {
            for (String name : List.of("picture", "picture.txt", "picture.png")) {
                Pictures.Header header = Pictures.header(file(name, content)).orElseThrow();
                assertEquals(formats.get(i), header.format());
                assertTrue(header.width() == 24 && header.height() == 17);
            }
            i++;
        }
        for (String none : List.of(
                "", "B", "BM", "BMW is a car, and its 2002 was a good one", "P6x", "GIF", "RIFF....WAVE", "text")) {
            Path file = file("picture.png", none.getBytes(StandardCharsets.US_ASCII));
            assertEquals(Optional.empty(), Pictures.header(file), none);
            assertTrue(refused(file).contains("is no picture"));
        }
        assertTrue(refused(folder.resolve("missing.png")).contains("there is no such file"));
        assertTrue(refused(folder).contains("is no regular file"));
    }

    @Test
    void coloursThatAreNotConvertedAreRefused() throws IOException {
        byte[] tiff = SamplePictures.all().get("noise.tif");
        ByteBuffer tags = ByteBuffer.wrap(tiff).order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tags.getInt(4);
        for (int entry = directory + 2; entry < directory + 2 + 12 * tags.getShort(directory); entry += 12) {
            if (tags.getShort(entry) == 262) {
                tags.putShort(entry + 8, (short) 8);
            }
        }
        assertTrue(refused(file("lab.tif", tiff)).contains("L*a*b*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-1", "0", "", "9999999999"})
    void aLimitThatIsNoNumberIsRefused(String megapixels) throws IOException {
        Path file = file("noise.png", SamplePictures.all().get("noise.tif"));
        System.setProperty("thalweg.pictures.megapixels", megapixels);
        try {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> Pictures.header(file))
                    .getMessage()
                    .contains("thalweg.pictures.megapixels"));
        } finally {
            System.clearProperty("thalweg.pictures.megapixels");
        }
    }

    /**
     * Grey is never converted: each of its levels stays what it is, as one channel and as three, and beside the same in
     * colours.
     */
    @Test
    void everyLevelOfGreyStaysWhatItIs() throws IOException {
        byte[] levels = new byte[256];
        for (int i = 0; i < 256; i++) {
            levels[i] = (byte) i;
        }
        assertLevelsAreRead(levels, 16);
    }

    private void assertLevelsAreRead(byte[] levels, int side) throws IOException {
        BufferedImage grey = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage colored = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < levels.length; i++) {
            grey.getRaster().setSample(i % side, i / side, 0, levels[i] & 0xff);
            colored.setRGB(i % side, i / side, (levels[i] & 0xff) * 0x010101);
        }
        for (BufferedImage image : List.of(grey, colored)) {
            Path file = folder.resolve("grey.png");
            ImageIO.write(image, "png", file.toFile());
            for (int channels : new int[] {1, 3}) {
                Shape shape = Shape.of(channels, side, side);
                byte[] pixels = Pictures.read(file, shape, Resize.CROP);
                assertEquals(shape.elements(), pixels.length);
                assertArrayEquals(pixels, Pictures.of(image, shape, Resize.CROP));
                for (int c = 0; c < channels; c++) {
                    assertArrayEquals(levels, Arrays.copyOfRange(pixels, levels.length * c, levels.length * (c + 1)));
                }
            }
        }
    }

    /** A model sees the same in grey files as in coloured ones of the same pictures. */
    @Test
    void greyFilesOfFashionMnistAreTheSameAsColoured() throws IOException {
        assumeTrue(
                Files.isDirectory(Path.of("/usr/share/datasets/fashion-mnist")),
                "the Debian package dataset-fashion-mnist is not installed");
        try (DataSplit data = Datasets.fashionMnist()) {
            for (int i = 0; i < 100; i++) {
                byte[] levels = data.test().pixels(i).toArray(ValueLayout.JAVA_BYTE);
                assertLevelsAreRead(levels, 28);
            }
        }
    }

    /** A picture of extreme proportions, covering a square, is never made as wide as that takes. */
    @Test
    void extremeProportionsAreFitAndCut() throws IOException {
        Path file =
                file("line.pgm", ("P5 3000000 1 255\n" + "x".repeat(3_000_000)).getBytes(StandardCharsets.US_ASCII));
        for (Resize resize : Resize.values()) {
            byte[] pixels = Pictures.read(file, Shape.of(1, 1_000, 1_000), resize);
            byte expected = (byte) (resize == Resize.PAD ? 255 : 'x');
            assertEquals(expected, pixels[0], resize.toString());
            assertEquals(expected, pixels[pixels.length - 1], resize.toString());
        }
    }

    @Test
    void onlyOneOrThreeChannelsAreMade() throws IOException {
        Path file = file("noise.png", SamplePictures.all().get("noise.png"));
        assertThrows(IllegalArgumentException.class, () -> Pictures.read(file, Shape.of(2, 4, 4), Resize.CROP));
    }

    @Test
    void anInterruptIsNoDamage() throws IOException {
        Path file = file("noise.png", SamplePictures.all().get("noise.png"));
        Thread.currentThread().interrupt();
        assertThrows(IOException.class, () -> read(file));
        assertThrows(IOException.class, () -> Pictures.header(file));
        assertTrue(Thread.interrupted());
        assertEquals(DamagedPictures.SHAPE.arrayLength(), read(file).length);
    }
}
