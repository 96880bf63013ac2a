package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The place that the property names; the class path, the module path and images are tried by programs of their own. */
class NativeJarTest {
    private static final String RESOURCE = "org/bytedeco/dnnl/platform/library";
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    private Path directory;

    @AfterEach
    void forget() {
        System.clearProperty(NativeJar.PROPERTY);
    }

    private Path jar(String name, String entry) throws IOException {
        Path jar = directory.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry(entry));
            out.write(CONTENT);
        }
        return jar;
    }

    private static void assertFound(Path named) throws IOException {
        System.setProperty(NativeJar.PROPERTY, named.toString());
        try (InputStream in = NativeJar.open(RESOURCE).orElseThrow()) {
            assertArrayEquals(CONTENT, in.readAllBytes());
        }
    }

    @Test
    void aJarADirectoryOfJarsAndAnUnpackedJarAreRead() throws IOException {
        jar("a-library-of-something-else.jar", "other");
        assertFound(jar("natives.jar", RESOURCE));
        assertFound(directory);
        Path unpacked = directory.resolve("unpacked");
        Files.createDirectories(unpacked.resolve(RESOURCE).getParent());
        Files.write(unpacked.resolve(RESOURCE), CONTENT);
        assertFound(unpacked);
    }

    @Test
    void noOtherPlaceIsLookedAt() throws IOException {
        System.setProperty(NativeJar.PROPERTY, jar("natives.jar", "other").toString());
        assertEquals(Optional.empty(), NativeJar.open("dev/thalweg/onednn/natives.sha256"));
        System.setProperty(NativeJar.PROPERTY, directory.resolve("missing").toString());
        String message = assertThrows(NoSuchFileException.class, () -> NativeJar.open(RESOURCE))
                .getMessage();
        assertTrue(message.contains("missing, which " + NativeJar.PROPERTY + " names"), message);
    }
}
