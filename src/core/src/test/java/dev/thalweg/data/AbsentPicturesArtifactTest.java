package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the artifact {@code dev.thalweg:thalweg-pictures} reads, where it is absent, as it is in this module's tests.
 */
class AbsentPicturesArtifactTest {
    private static final String ARTIFACT = "dev.thalweg:thalweg-pictures";
    private static final byte[] WEBP = "RIFF\u0016\0\0\0WEBPVP8L\t\0\0\0/\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    private Path folder;

    @Test
    void aWebpPictureIsRefusedByTheNameOfTheArtifact() throws IOException {
        Path file = Files.write(folder.resolve("picture.png"), WEBP);
        String message = DamagedPictures.refused(file);
        assertTrue(
                message.startsWith(file + ": is a WEBP picture, which the artifact " + ARTIFACT + " reads"), message);
        assertEquals(
                message,
                assertThrows(BadFileException.class, () -> Pictures.header(file))
                        .getMessage());
    }

    /** As any other file that cannot be read: all are listed at once, or left out and counted. */
    @Test
    void aFolderWithWebpPicturesNamesThemAndTheArtifact() throws IOException {
        PictureFolder pictures = new PictureFolder(folder).withClass("a", 4, 0).withClass("b", 4, 0);
        pictures.with("a/1.webp", WEBP).with("b/2.jpg", WEBP);
        ImageFolder images = ImageFolder.of(folder).seed(1);
        String message = assertThrows(BadFileException.class, images::read).getMessage();
        for (String part : List.of("1.webp", "2.jpg", ARTIFACT)) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
        try (DataSplit rest = images.skipsBad(true).read()) {
            assertEquals(8, rest.train().size() + rest.test().size());
        }
    }

    @Test
    void anArchiveIsRefusedByTheNameOfTheArtifact() throws IOException {
        Path file = Files.write(folder.resolve("cifar-10-binary.tar.gz"), new byte[] {0x1f, (byte) 0x8b});
        String message =
                assertThrows(BadFileException.class, () -> Cifar.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(ARTIFACT), message);
        assertThrows(NoSuchFileException.class, () -> Cifar.read(folder.resolve("missing.tar.gz")));
    }

    @Test
    void aTableIsRefusedByTheNameOfItsArtifact() throws IOException {
        Path file = Files.writeString(folder.resolve("train.parquet"), "PAR1...PAR1");
        ImageFolder table = ImageFolder.of(file);
        String message = assertThrows(BadFileException.class, table::read).getMessage();
        assertTrue(
                message.startsWith(file + ": is a Parquet file, which the artifact dev.thalweg:thalweg-parquet reads"),
                message);
    }
}
