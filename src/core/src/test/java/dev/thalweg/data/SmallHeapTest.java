package dev.thalweg.data;

import dev.thalweg.ForkedJvm;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture that is in order, but larger than the heap, is not called damaged. */
class SmallHeapTest {
    private static final int SIDE = 6000;

    @TempDir
    private Path directory;

    /** Reads one. */
    static final class Reads {
        private Reads() {}

        public static void main(String[] arguments) throws IOException {
            try {
                Pictures.read(Path.of(arguments[0]), Shape.of(3, 8, 8), Resize.CROP);
            } catch (BadFileException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void whatTheHeapCannotHoldIsSaid() throws Exception {
        Path file = directory.resolve("large.png");
        ImageIO.write(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        // Three bytes a pixel, 103 MiB, as the decoder holds them.
        new ForkedJvm()
                .with("-Xmx64m")
                .run(Reads.class, file.toString())
                .expect(0, "6000x6000 pixels, which takes about 274 MiB of the heap", "-Xmx");
    }
}
