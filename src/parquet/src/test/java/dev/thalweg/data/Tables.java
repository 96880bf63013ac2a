package dev.thalweg.data;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The recorded tables, and the folder that holds the same pictures. */
final class Tables {
    private static final String[] CLASSES = {"red", "green_dark", "blue"};
    private static final int[] COLOURS = {0xff0000, 0x008000, 0x0000ff};

    private Tables() {}

    static Path at(String name) {
        try {
            return Path.of(Tables.class.getResource("/tables/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes pictures to a folder, as the writer of the tables made them. */
    static void write(PictureFolder folder, String before, int from, int to) throws IOException {
        for (int number = from; number < to; number++) {
            String name = String.format("%s%s/%02d.png", before, CLASSES[number % 3], number);
            folder.with(name, 6, 4, COLOURS[number % 3] ^ number << 8);
        }
    }
}
