package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsTest {
    @TempDir
    private Path temporary;

    private Path shards;

    @BeforeEach
    void makeDirectory() throws IOException {
        shards = Files.createDirectory(temporary.resolve("shards"));
    }

    private byte[] picture(int red) throws IOException {
        new PictureFolder(temporary).with("one.png", 6, 4, red << 16);
        return Files.readAllBytes(temporary.resolve("one.png"));
    }

    /** Samples of two classes by turns; the red of each picture says which. */
    private void shard(String name, int samples, String suffix, String... labels) throws IOException {
        List<TestArchive.Entry> entries = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            entries.add(new TestArchive.Entry(name + "/" + i + ".png", picture(200 * (i % 2))));
            byte[] label = labels[i % labels.length].getBytes(StandardCharsets.UTF_8);
            entries.add(new TestArchive.Entry(name + "/" + i + "." + suffix, label));
        }
        TestArchive.TAR.write(shards.resolve(name + ".tar"), entries);
    }

    private static ImageFolder reading(Path place) {
        return ImageFolder.of(place).streamed(true).imageShape(Shape.of(3, 4, 6));
    }

    private static void assertLabels(DataSplit data, int pictures, String... names) {
        assertEquals(
                pictures, data.parts().stream().mapToInt(ImageDataset::size).sum());
        for (ImageDataset part : data.parts()) {
            assertEquals(List.of(names), part.classNames());
            for (int i = 0; i < part.size(); i++) {
                int red = Byte.toUnsignedInt(part.pixels(i).get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(200 * part.label(i), red);
            }
        }
    }

    @Test
    void aDirectoryARangeAndOneOfThemAreRead() throws IOException {
        shard("000", 6, "cls", "0", "1\n");
        shard("001", 4, "cls", "0", "1");
        try (DataSplit directory = reading(shards).read();
                DataSplit range = reading(shards.resolve("{000..001}.tar")).read();
                DataSplit one = reading(shards.resolve("001.tar")).read()) {
            assertLabels(directory, 10, "0", "1");
            assertLabels(range, 10, "0", "1");
            assertLabels(one, 4, "0", "1");
        }
    }

    @Test
    void numbersHaveNamesWhereThereAreSome() throws IOException {
        shard("000", 6, "json", "{\"label\": 1}", "{\"label\": 0, \"more\": [1]}");
        Files.writeString(shards.resolve("classes.txt"), "z\na\n");
        try (DataSplit data = reading(shards).read()) {
            assertLabels(data, 6, "a", "z");
        }
        shard("001", 2, "cls", "2");
        String message =
                assertThrows(BadFileException.class, reading(shards)::read).getMessage();
        assertTrue(message.contains("0.cls: expected a class from 0 to 1, as there are names, got 2"), message);
    }

    @Test
    void shardsMayBeForParts() throws IOException {
        shard("train-000", 6, "cls", "x", "y");
        shard("val-000", 2, "cls", "x", "y");
        shard("test-000", 4, "cls", "x", "y");
        try (DataSplit data = reading(shards).read()) {
            assertLabels(data, 12, "x", "y");
            assertArrayEquals(new int[] {3, 3}, data.train().counts());
            assertArrayEquals(new int[] {2, 2}, data.test().counts());
        }
    }

    @Test
    void wrongLabelsAreNamed() throws IOException {
        for (String wrong : List.of("", "..", "a/b", ".x")) {
            shard("000", 4, "cls", "0", wrong);
            String message =
                    assertThrows(BadFileException.class, reading(shards)::read).getMessage();
            assertTrue(message.contains("1.cls: expected the number or name of a class"), message);
        }
        shard("000", 4, "json", "{\"label\": 0}", "{");
        String message =
                assertThrows(BadFileException.class, reading(shards)::read).getMessage();
        assertTrue(message.contains("1.json: expected JSON"), message);
        shard("000", 4, "json", "{\"label\": 0}", "{}");
        String without =
                assertThrows(BadFileException.class, reading(shards)::read).getMessage();
        assertTrue(without.contains("found none"), without);
        String absent = assertThrows(IOException.class, reading(shards.resolve("{000..001}.tar"))::read)
                .getMessage();
        assertTrue(absent.contains("001.tar"), absent);
    }
}
