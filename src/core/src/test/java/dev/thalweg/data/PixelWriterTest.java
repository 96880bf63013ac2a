package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PixelWriterTest {
    private static final Shape SHAPE = Shape.of(3, 2, 2);
    private static final int SIZE = 12;
    private static final Targets TWO = Targets.ofClasses(List.of("a", "b"), 0, 1);

    private static byte[] bytes(ImageDataset data, int index) {
        return data.pixels(index).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Writers that leave something out, in all ways there are. */
    private static List<PixelWriter> tooLittle() {
        return List.of(
                (i, pixels) -> {},
                (i, pixels) -> IntStream.range(0, SIZE - 1).forEach(p -> pixels.set(p, (byte) 1)),
                (i, pixels) -> IntStream.range(1, SIZE).forEach(p -> pixels.set(p, (byte) 0)),
                // Twelve times, but not twelve bytes.
                (i, pixels) -> IntStream.range(0, SIZE).forEach(p -> pixels.set(p / 2 * 2, (byte) p)),
                (i, pixels) -> pixels.copyFrom(new byte[SIZE - 1]),
                (i, pixels) -> pixels.copyFrom(new byte[SIZE + 1]),
                PixelWriter.ofBytes(new byte[SIZE], new byte[SIZE - 1]),
                PixelWriter.ofBytes(new byte[SIZE]),
                PixelWriter.ofBytes(new byte[SIZE], new byte[SIZE], new byte[SIZE]),
                PixelWriter.ofFloats(new float[SIZE], new float[SIZE + 1]),
                PixelWriter.ofFloats(new float[SIZE], new float[] {0, 0, 0, 0, 0, 1.01f, 0, 0, 0, 0, 0, 0}),
                PixelWriter.ofFloats(new float[SIZE], new float[] {0, 0, 0, 0, 0, Float.NaN, 0, 0, 0, 0, 0, 0}),
                PixelWriter.ofImages(List.of(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB)), Resize.CROP));
    }

    @Test
    void aWriterThatWritesTooLittleOrTooMuchIsRefusedAndLeavesNothing() {
        long before = MemoryOwner.liveBytes();
        for (PixelWriter writer : tooLittle()) {
            assertThrows(IllegalArgumentException.class, () -> ImageDataset.of("t", SHAPE, TWO, writer));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PictureStore.held("t", SHAPE, TWO, writer, AllProcessors::forEach));
            assertThrows(IllegalArgumentException.class, () -> {
                try (ImageDataset data = ImageDataset.streamed("t", SHAPE, TWO, List.of(), writer)) {
                    data.pixels(1);
                }
            });
        }
        assertEquals(before, MemoryOwner.liveBytes());
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> ImageDataset.of("t", SHAPE, TWO, (i, pixels) -> {
                            pixels.set(0, (byte) 1);
                            pixels.set(2, (byte) 1);
                        }))
                .getMessage();
        assertTrue(message.contains("picture 0, 2 of 12 bytes") && message.contains("byte 1 is the first"), message);
    }

    @Test
    void bytesAreWrittenInAnyOrderAndOnAGround() {
        try (ImageDataset data = ImageDataset.of("t", SHAPE, TWO, (i, pixels) -> {
            if (i == 0) {
                for (int x = 0; x < 2; x++) {
                    for (int y = 0; y < 2; y++) {
                        for (int c = 0; c < 3; c++) {
                            pixels.set(c, y, x, (byte) (100 * c + 10 * y + x));
                        }
                    }
                }
            } else {
                pixels.fill((byte) -1);
                pixels.set(5, (byte) 7);
            }
        })) {
            assertArrayEquals(
                    new byte[] {0, 1, 10, 11, 100, 101, 110, 111, (byte) 200, (byte) 201, (byte) 210, (byte) 211},
                    bytes(data, 0));
            byte[] white = new byte[SIZE];
            Arrays.fill(white, (byte) -1);
            white[5] = 7;
            assertArrayEquals(white, bytes(data, 1));
        }
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> ImageDataset.of("t", SHAPE, TWO, (i, pixels) -> pixels.set(SIZE, (byte) 0)));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> ImageDataset.of("t", SHAPE, TWO, (i, pixels) -> pixels.set(0, 0, 2, (byte) 0)));
    }

    @Test
    void floatsAreRoundedToTheNearestLevel() {
        float[] levels = {0, 1, 0.5f, 0.499f / 255, 0.501f / 255, 254.4f / 255, 254.6f / 255, 0, 0, 0, 0, 0};
        try (ImageDataset data = ImageDataset.of("t", SHAPE, TWO, PixelWriter.ofFloats(levels, new float[SIZE]))) {
            assertArrayEquals(
                    new byte[] {0, -1, (byte) 128, 0, 1, (byte) 254, (byte) 255, 0, 0, 0, 0, 0}, bytes(data, 0));
        }
    }

    @Test
    void imagesOfAnyKindAreReadAsTheyLook() {
        List<BufferedImage> images = new ArrayList<>();
        for (int type : new int[] {
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_INT_ARGB_PRE,
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_4BYTE_ABGR,
            BufferedImage.TYPE_INT_BGR
        }) {
            BufferedImage image = new BufferedImage(2, 2, type);
            image.setRGB(0, 0, new Color(250, 0, 100).getRGB());
            image.setRGB(1, 0, new Color(1, 2, 3).getRGB());
            image.setRGB(0, 1, Color.WHITE.getRGB());
            image.setRGB(1, 1, Color.BLACK.getRGB());
            images.add(image);
        }
        byte[] expected = {(byte) 250, 1, -1, 0, 0, 2, -1, 0, 100, 3, -1, 0};
        Targets targets = Targets.ofClasses(List.of("a"), new int[images.size()]);
        try (ImageDataset data = ImageDataset.of("t", SHAPE, targets, PixelWriter.ofImages(images, Resize.STRETCH))) {
            for (int i = 0; i < images.size(); i++) {
                assertArrayEquals(expected, bytes(data, i), images.get(i).toString());
            }
        }
        BufferedImage part = images.getFirst().getSubimage(1, 0, 1, 2);
        try (ImageDataset data = ImageDataset.of(
                "t",
                Shape.of(3, 2, 1),
                Targets.ofClasses(List.of("a"), 0),
                PixelWriter.ofImages(List.of(part), Resize.CROP))) {
            assertArrayEquals(new byte[] {1, 0, 2, 0, 3, 0}, bytes(data, 0));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> ImageDataset.of("t", Shape.of(2, 2, 2), targets, PixelWriter.ofImages(images, Resize.STRETCH)));
    }

    /** Bytes of picture files give the pixels of the same files on disk. */
    @Test
    void filesAreDecodedWhereverTheirBytesComeFrom(@TempDir Path directory) throws IOException {
        Map<String, byte[]> samples = new TreeMap<>(SamplePictures.all());
        Shape shape = Shape.of(3, 9, 14);
        List<String> names = List.copyOf(samples.keySet());
        List<byte[]> files = List.copyOf(samples.values());
        int[] labels = new int[names.size()];
        try (ImageDataset data = ImageDataset.of(
                "files",
                shape,
                Targets.ofClasses(List.of("a"), labels),
                PixelWriter.ofFiles(names, files::get, Resize.STRETCH))) {
            for (int i = 0; i < names.size(); i++) {
                Path file = Files.write(directory.resolve("sample"), files.get(i));
                assertArrayEquals(Pictures.read(file, shape, Resize.STRETCH), bytes(data, i), names.get(i));
            }
        }
        PixelWriter none = PixelWriter.ofFiles(List.of("none.png"), _ -> new byte[40], Resize.STRETCH);
        UncheckedIOException refused = assertThrows(
                UncheckedIOException.class,
                () -> ImageDataset.of("none", shape, Targets.ofClasses(List.of("a"), 0), none));
        assertInstanceOf(BadFileException.class, refused.getCause());
        assertTrue(String.valueOf(refused.getMessage()).contains("none.png"), refused.getMessage());
    }

    private static Stream<Example<Integer>> stream(int count) {
        return IntStream.range(0, count).mapToObj(i -> {
            byte[] pixels = new byte[SIZE];
            Arrays.fill(pixels, (byte) i);
            return new Example<>(pixels, i % 2);
        });
    }

    @Test
    void asManyPicturesAreHeldAsComeAndChunksHaveNoGaps() {
        long before = MemoryOwner.liveBytes();
        // A chunk of 16 MiB holds 3 of the large pictures.
        Shape large = Shape.of(1, 5, 1 << 20);
        byte[] pixels = new byte[large.arrayLength()];
        Iterator<Example<float[]>> eight = IntStream.range(0, 8)
                .mapToObj(i -> {
                    Arrays.fill(pixels, (byte) i);
                    return new Example<>(pixels, new float[] {i, -i});
                })
                .iterator();
        try (ImageDataset data = ImageDataset.of(
                "large", large, eight, rows -> Targets.ofRegression(List.of(), rows.toArray(float[][]::new)))) {
            assertEquals(8, data.size());
            assertEquals(before + 9 * large.elements(), MemoryOwner.liveBytes());
            for (int i = 0; i < 8; i++) {
                assertEquals(large.elements(), data.pixels(i).byteSize());
                assertEquals(i, data.pixels(i).get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(i, data.pixels(i).get(ValueLayout.JAVA_BYTE, large.elements() - 1));
                assertArrayEquals(new float[] {i, -i}, data.targets().row(i));
            }
        }
        try (ImageDataset data = ImageDataset.of(
                        "small",
                        SHAPE,
                        stream(5).iterator(),
                        labels -> Targets.ofClasses(List.of("even", "odd"), labels));
                ImageDataset known = ImageDataset.of(
                        "known",
                        SHAPE,
                        data.targets(),
                        PixelWriter.ofBytes(stream(5).map(Example::pixels).toArray(byte[][]::new)))) {
            assertEquals(1, data.label(3));
            assertEquals(known.fingerprint(), data.fingerprint());
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void whatFailsOnTheWayLeavesNothing() {
        long before = MemoryOwner.liveBytes();
        Iterator<Example<Integer>> breaking = Stream.concat(stream(3), Stream.generate(() -> {
                    throw new StackOverflowError();
                }))
                .iterator();
        assertThrows(
                StackOverflowError.class,
                () -> ImageDataset.of("t", SHAPE, breaking, labels -> Targets.ofClasses(List.of("a", "b"), labels)));
        for (Runnable wrong : List.<Runnable>of(
                () -> ImageDataset.of("t", SHAPE, stream(0).iterator(), l -> TWO),
                () -> ImageDataset.of("t", SHAPE, stream(3).iterator(), l -> TWO),
                () -> ImageDataset.of("t", SHAPE, stream(3).iterator(), l -> Targets.ofClasses(List.of("a"), l)),
                () -> ImageDataset.of("t", Shape.of(3, 2, 3), stream(2).iterator(), l -> TWO),
                () -> ImageDataset.of("t", Shape.of(12), stream(2).iterator(), l -> TWO))) {
            assertThrows(IllegalArgumentException.class, wrong::run);
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }
}
