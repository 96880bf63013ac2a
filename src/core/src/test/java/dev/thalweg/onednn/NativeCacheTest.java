package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.ForkedJvm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
        String message = assertThrows(
                        IOException.class,
                        () -> new NativeCache(root)
                                .file(other, "libx.so", other, () -> new ByteArrayInputStream(content)))
                .getMessage();
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

    private String refused() {
        return assertThrows(IOException.class, this::file).getMessage();
    }

    private static Set<PosixFilePermission> permissions(Path path) throws IOException {
        return Files.getPosixFilePermissions(path);
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void directoriesAreForTheirOwnerAlone() throws IOException {
        root = root.resolve("a/b");
        Path file = file();
        for (Path made : List.of(root.getParent(), root, file.getParent())) {
            assertEquals(PosixFilePermissions.fromString("rwx------"), permissions(made), made.toString());
        }
        assertEquals(PosixFilePermissions.fromString("rw-------"), permissions(file));
        // As earlier versions made it.
        allow(file.getParent(), "rwxr-xr-x");
        file();
        assertEquals(PosixFilePermissions.fromString("rwx------"), permissions(file.getParent()));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDirectoryThatOthersMayWriteIsRefused() throws IOException {
        root = root.resolve("a/b");
        Path place = file().getParent();
        for (Path open : List.of(place, root, root.getParent())) {
            for (String permissions : List.of("rwxrwx---", "rwx---rwx", "rwx----w-")) {
                allow(open, permissions);
                String message = refused();
                assertTrue(message.contains(open + " may be written by other users"), message);
            }
            allow(open, "rwx------");
        }
        Files.setAttribute(root, "unix:mode", 01777);
        file();
        Path link = Files.createSymbolicLink(root.resolveSibling("link"), root);
        Path behind = Files.createDirectory(root.resolve("open"));
        allow(behind, "rwxrwxrwx");
        root = link.resolve("open/inside");
        assertTrue(refused().contains("may be written by other users"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDirectoryOrFileOfSomebodyElseIsNotUsed() throws IOException {
        root = root.resolve("a");
        Path file = file();
        try {
            Files.setAttribute(file.getParent(), "unix:uid", 4711);
        } catch (FileSystemException e) {
            assumeTrue(false, "only root gives files away: " + e.getMessage());
        }
        assertTrue(refused().contains("belongs to user 4711"));
        Files.setAttribute(file.getParent(), "unix:uid", 0);
        Files.setAttribute(root, "unix:uid", 4711);
        assertTrue(refused().contains(root + " belongs to user 4711"));
        Files.setAttribute(root, "unix:uid", 0);
        // Right content, but he may change it between the check and the load.
        for (String attribute : List.of("unix:uid", "unix:mode")) {
            Files.setAttribute(file, attribute, attribute.equals("unix:uid") ? 4711 : 0622);
            int before = opened.get();
            file();
            assertEquals(before + 1, opened.get(), "unpacked anew");
            assertEquals(0, Files.getAttribute(file, "unix:uid"));
        }
        Path target = Files.move(file, root.resolve("elsewhere"));
        Files.createSymbolicLink(file, target);
        file();
        assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS), "a link is not followed");
    }

    /** Another user's program: makes a directory private, and says what it is told. */
    static final class Unprivileged {
        public static void main(String[] arguments) {
            try {
                System.out.println("made " + PrivateDirectory.make(Path.of(arguments[0])));
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aGroupOfOneUserIsNobodyElse() throws Exception {
        allow(root, "rwxr-xr-x");
        Path home = Files.createDirectory(root.resolve("home"));
        for (String owner : List.of("unix:uid", "unix:gid")) {
            try {
                Files.setAttribute(home, owner, 4711);
            } catch (FileSystemException e) {
                assumeTrue(false, "only root gives files away: " + e.getMessage());
            }
        }
        allow(home, "rwxrwxr-x");
        ProcessBuilder other = new ProcessBuilder(
                "setpriv",
                "--reuid=4711",
                "--regid=4711",
                "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                "target/classes:target/test-classes",
                Unprivileged.class.getName(),
                home.resolve("cache").toString());
        String made = ForkedJvm.finish(other.redirectErrorStream(true).start()).text();
        assumeTrue(!made.contains("Could not find or load"), "another user cannot read the classes here");
        assertEquals("made " + home.resolve("cache"), made.strip());
        Files.setAttribute(home, "unix:gid", 4712);
        allow(home, "rwxrwxr-x");
        String refused = ForkedJvm.finish(other.start()).text();
        assertTrue(refused.contains(home + " may be written by other users"), refused);
    }

    @Test
    void whatAKilledProgramBeganToUnpackGoes() throws IOException {
        Path file = file();
        Path old = Files.write(file.resolveSibling("libx.so1.part"), new byte[10]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        Path young = Files.write(file.resolveSibling("libx.so2.part"), new byte[10]);
        Files.delete(file);
        file();
        assertTrue(Files.notExists(old) && Files.exists(young));
    }

    @Test
    void aTemporaryCacheGoesAtTheEnd() throws IOException {
        Path file;
        try (NativeCache temporary = NativeCache.temporary()) {
            file = temporary.file(digest, "libx.so", digest, () -> new ByteArrayInputStream(content));
            assertArrayEquals(content, Files.readAllBytes(file));
        }
        assertTrue(Files.notExists(file.getParent().getParent()));
    }

    /** As on Windows; in a zip file here. */
    @Test
    void worksWhereThereAreNoPermissions() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(root.resolve("x.zip"), Map.of("create", "true"))) {
            assertFalse(zip.supportedFileAttributeViews().contains("posix"));
            root = zip.getPath("/cache");
            assertArrayEquals(content, Files.readAllBytes(file()));
            file();
            assertEquals(1, opened.get());
        }
    }
}
