package dev.thalweg.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside what the kernel says of the process's memory. */
class HugePagesTest {
    private static final Path MAPS = Path.of("/proc/self/smaps");

    @Test
    void thereAreNoneForLittleMemory() {
        try (Arena arena = Arena.ofShared()) {
            assertTrue(HugePages.allocate(arena, HugePages.PAGE - 1).isEmpty());
            assertTrue(HugePages.allocate(arena, 0).isEmpty());
        }
    }

    /** More than any processor addresses: the kernel refuses, and the caller may try otherwise. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 60, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void whatTheKernelRefusesIsEmpty(long size) {
        try (Arena arena = Arena.ofShared()) {
            assertTrue(HugePages.allocate(arena, size).isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {HugePages.PAGE, HugePages.PAGE + 1, 5 * HugePages.PAGE + 12_345})
    void memoryIsZeroedAlignedAndFreed(long size) throws IOException {
        assumeTrue(Files.exists(MAPS) && HugePages.class.getModule().isNativeAccessEnabled());
        long address;
        try (MemoryOwner owner = MemoryOwner.named("the test")) {
            MemorySegment memory = owner.allocate(size);
            address = memory.address();
            assertEquals(0, address % HugePages.PAGE);
            assertEquals(size, memory.byteSize());
            for (long i = 0; i < size; i += 1021) {
                assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, i));
            }
            memory.fill((byte) 1);
            List<String> mapping = mapping(address);
            // A kernel without huge pages shows no such flag for any memory.
            boolean kernelHasThem = Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage"));
            assertEquals(kernelHasThem, isAdvised(mapping), mapping::toString);
        }
        // Somebody else may have got memory there since.
        assertFalse(isAdvised(mapping(address)), "it is mapped still");
    }

    /** Whether a mapping has the flag of advice to use huge pages. */
    private static boolean isAdvised(List<String> mapping) {
        return !mapping.isEmpty() && mapping.getLast().matches("VmFlags:.* hg( .*)?");
    }

    /** The lines of the mapping that begins at or before an address and ends behind it. */
    private static List<String> mapping(long address) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(MAPS)) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] range = line.split("[- ]", 3);
                inside = Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
            }
            if (inside) {
                lines.add(line);
            }
        }
        return lines;
    }
}
