package dev.thalweg.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.MemoryLimitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {
    private static final long MIB = 1L << 20;

    @TempDir
    private Path root;

    @AfterEach
    void asBefore() {
        System.clearProperty(MemoryOwner.LIMIT_PROPERTY);
    }

    private static void allow(long more) {
        // What other tests of this process hold counts as well.
        System.setProperty(MemoryOwner.LIMIT_PROPERTY, Long.toString(MemoryOwner.liveBytes() + more));
    }

    @Test
    void beyondTheLimitNothingIsAllocated() {
        long live = MemoryOwner.liveBytes();
        allow(1000);
        try (MemoryOwner owner = MemoryOwner.named("the test")) {
            owner.allocate(600);
            long allocations = MemoryOwner.allocations();
            MemoryLimitException e = assertThrows(MemoryLimitException.class, () -> owner.allocate(401));
            assertEquals(401, e.asked());
            assertEquals(live + 600, e.held());
            assertEquals(live + 1000, e.allowed());
            assertTrue(
                    e.getMessage().contains("the test asks for 401 bytes")
                            && e.getMessage().contains(MemoryOwner.LIMIT_PROPERTY),
                    e.getMessage());
            assertEquals(allocations, MemoryOwner.allocations());
            assertEquals(600, owner.bytes());
            owner.allocate(400);
        }
        assertEquals(live, MemoryOwner.liveBytes());
        try (MemoryOwner again = MemoryOwner.named("the test")) {
            assertEquals(1000, again.allocate(1000).byteSize(), "what was freed can be had again");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 63, 1L << 62})
    void aSizeThatWouldOverflowASumIsRefused(long size) {
        try (MemoryOwner owner = MemoryOwner.named("the test")) {
            owner.allocate(1);
            assertThrows(MemoryLimitException.class, () -> owner.allocate(size));
            assertThrows(IllegalArgumentException.class, () -> owner.allocate(-size));
        }
    }

    @Test
    void memoryThatIsNotTheHostsIsNotLimited() {
        long live = MemoryOwner.liveBytes();
        allow(100);
        try (MemoryOwner owner = MemoryOwner.named("the test")) {
            owner.adopt(1L << 40, () -> {});
            assertEquals(live + (1L << 40), MemoryOwner.liveBytes());
            assertEquals(100, owner.allocate(100).byteSize());
        }
        assertEquals(live, MemoryOwner.liveBytes());
    }

    @ParameterizedTest
    @CsvSource({"1000, 1000", "2k, 2048", "3M, 3145728", "1g, 1073741824", "999999999999999999g, 9223372036854775807"})
    void limitsHaveSuffixes(String set, long bytes) {
        System.setProperty(MemoryOwner.LIMIT_PROPERTY, set);
        try (MemoryOwner owner = MemoryOwner.named("the test")) {
            owner.adopt(0, () -> {});
            assertEquals(
                    bytes,
                    assertThrows(MemoryLimitException.class, () -> {
                                owner.allocate(1);
                                owner.allocate(Long.MAX_VALUE);
                            })
                            .allowed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1t", "much", "1.5g"})
    void aLimitThatIsNoneIsNamed(String set) {
        System.setProperty(MemoryOwner.LIMIT_PROPERTY, set);
        try (MemoryOwner owner = MemoryOwner.named("the test")) {
            String message = assertThrows(IllegalArgumentException.class, () -> owner.allocate(1))
                    .getMessage();
            assertTrue(message.contains(MemoryOwner.LIMIT_PROPERTY) && message.contains("\"" + set + "\""), message);
        }
    }

    private void file(String path, String... lines) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private long left() {
        return new SystemMemory(root).left();
    }

    @Test
    void withoutGroupsTheMachineDecides() throws IOException {
        file("proc/meminfo", "MemTotal:       24684084 kB", "MemFree:  100 kB", "MemAvailable:   22587416 kB");
        assertEquals(22587416L << 10, left());
    }

    /** A parent's limit holds for its children; the page cache that can be dropped is not in use. */
    @Test
    void everyGroupAboveCountsInVersion2() throws IOException {
        file("proc/meminfo", "MemAvailable:   8000000 kB");
        file("proc/self/cgroup", "0::/slice/service");
        file("proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate");
        file("sys/fs/cgroup/slice/service/memory.max", "max");
        file("sys/fs/cgroup/slice/service/memory.current", "" + 50 * MIB);
        file("sys/fs/cgroup/slice/memory.max", "" + 400 * MIB);
        file("sys/fs/cgroup/slice/memory.current", "" + 150 * MIB);
        file("sys/fs/cgroup/slice/memory.stat", "anon 1", "inactive_file " + 50 * MIB, "active_file 7");
        assertEquals(300 * MIB, left());
        file("sys/fs/cgroup/slice/service/memory.max", "" + 250 * MIB);
        assertEquals(200 * MIB, left());
        file("sys/fs/cgroup/slice/service/memory.current", "" + 260 * MIB);
        assertEquals(0, left());
    }

    /** In a container that sees its own group as the root of the mount. */
    @Test
    void theMountedGroupCounts() throws IOException {
        file("proc/meminfo", "MemAvailable:   8000000 kB");
        file("proc/self/cgroup", "0::/");
        file("proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw");
        file("sys/fs/cgroup/memory.max", "" + 512 * MIB);
        file("sys/fs/cgroup/memory.current", "" + 12 * MIB);
        assertEquals(500 * MIB, left());
    }

    /** Version 1 beside version 2, a container that sees the host's path, and the number that means no limit. */
    @Test
    void everyGroupAboveCountsInVersion1() throws IOException {
        file("proc/meminfo", "MemAvailable:   8000000 kB");
        file("proc/self/cgroup", "5:cpu,cpuacct:/docker/abc", "4:memory:/docker/abc/inner", "0::/");
        file(
                "proc/self/mountinfo",
                "31 23 0:28 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct",
                "32 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
                "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw");
        file("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "9223372036854771712");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "" + 600 * MIB);
        file("sys/fs/cgroup/memory/memory.usage_in_bytes", "" + 200 * MIB);
        file("sys/fs/cgroup/memory/memory.stat", "inactive_file 5", "total_inactive_file " + 100 * MIB);
        assertEquals(500 * MIB, left());
    }

    /** Columns: MiB left, MiB by which the heap may grow, MiB that remain. */
    @ParameterizedTest
    @CsvSource({"16384, 4096, 11264", "2048, 512, 1280", "16384, 16000, 4096", "100, 4096, 25"})
    void theHeapAndAMarginAreKeptFree(long left, long heap, long want) {
        assertEquals(want * MIB, SystemMemory.forOffHeap(left * MIB, heap * MIB));
    }
}
