package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
    @TempDir
    private Path root;
    private final byte[] content = new byte[200_000];
    private String digest;
    private final AtomicInteger opened = new AtomicInteger();

    @BeforeEach
    void fill() throws Exception {
        new Random(1).nextBytes(content);
        digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private Path file() throws IOException {
        return new NativeCache(root).file(digest, "libx.so", digest, () -> {
            opened.incrementAndGet();
            return new ByteArrayInputStream(content);
        });
    }

    @Test
    void unpacksOnceAndReusesTheFile() throws IOException {
        Path first = file();
        assertArrayEquals(content, Files.readAllBytes(first));
        assertEquals(first, file());
        assertEquals(1, opened.get());
    }

    @Test
    void replacesATruncatedFile() throws IOException {
        Files.write(file(), new byte[] {1, 2, 3});
        assertArrayEquals(content, Files.readAllBytes(file()));
        assertEquals(2, opened.get());
    }

    @Test
    void replacesAFileOfWhichOneBitWasChanged() throws IOException {
        Path file = file();
        byte[] tampered = content.clone();
        tampered[123_456] ^= 1;
        Files.write(file, tampered);
        assertArrayEquals(content, Files.readAllBytes(file()));
    }

    @Test
    void refusesASourceWithOtherContentAndLeavesNothingBehind() throws IOException {
        String other = "0".repeat(64);
        String message = assertThrows(IOException.class,
                () -> new NativeCache(root).file(other, "libx.so", other, () -> new ByteArrayInputStream(content))).getMessage();
        assertTrue(message.contains(digest) && message.contains(other), message);
        try (Stream<Path> left = Files.list(root.resolve(other))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void manyAtOnceAllGetAWholeFile() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<byte[]>> all = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                all.add(threads.submit(() -> Files.readAllBytes(file())));
            }
            for (Future<byte[]> one : all) {
                assertArrayEquals(content, one.get());
            }
        }
    }
}
