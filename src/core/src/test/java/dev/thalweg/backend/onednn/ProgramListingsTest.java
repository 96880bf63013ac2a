package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.ForkedJvm;
import dev.thalweg.onednn.OneDnn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs of the networks that {@code bench} measures are those recorded: a primitive more, a slower
 * implementation or another reorder shows here, without a clock. They are compiled by another JVM, whose oneDNN is held
 * to an instruction set.
 */
class ProgramListingsTest {
    /** With this system property set to true, the lists are written anew. */
    private static final String RECORD = "thalweg.test.record";

    private static final boolean RECORDS = Boolean.getBoolean(RECORD);
    private static final Path LISTS = Path.of(
            System.getProperty("thalweg.test.root", "../.."), "src/core/src/test/resources/dev/thalweg/backend/onednn");

    @TempDir
    private Path now;

    /** The same on processors with caches of other sizes, as far as they were emulated. */
    @Test
    void networksBecomeTheProgramsRecordedForAvx2() throws Exception {
        assumeTrue(OneDnn.hasAvx2(), "this CPU has no AVX2 instructions");
        assertRecorded("AVX2", LISTS.resolve("avx2"));
    }

    /** What oneDNN chooses may depend on the sizes of caches, and nobody has seen it with other ones. */
    @Test
    void networksBecomeTheProgramsRecordedForBfloat16() throws Exception {
        assumeTrue(OneDnn.hasBfloat16(), "this CPU has no bfloat16 instructions");
        Path lists = LISTS.resolve("avx512_core_bf16");
        Path caches = lists.resolve("caches.txt");
        if (RECORDS) {
            Files.writeString(caches, caches());
        }
        assumeTrue(caches().equals(Files.readString(caches)), "this CPU has other caches than that of the lists");
        assertRecorded("AVX512_CORE_BF16", lists);
    }

    private void assertRecorded(String instructionSet, Path lists) throws Exception {
        ProcessBuilder other = new ForkedJvm().builder(ListedNetwork.class, now.toString());
        other.environment().put("ONEDNN_MAX_CPU_ISA", instructionSet);
        ForkedJvm.finish(other.start()).expect(0);
        List<String> differences = new ArrayList<>();
        for (ListedNetwork network : ListedNetwork.values()) {
            Path list = lists.resolve(network.file());
            Path compiled = now.resolve(network.file());
            if (RECORDS) {
                Files.writeString(list, Files.readString(compiled));
            }
            Set<String> before = lines(list);
            Set<String> after = lines(compiled);
            before.stream().filter(line -> !after.contains(line)).forEach(line -> differences.add("- " + line));
            after.stream().filter(line -> !before.contains(line)).forEach(line -> differences.add("+ " + line));
        }
        assertTrue(
                differences.isEmpty(),
                () -> "networks become other programs than recorded (- recorded, + now); where that is meant, record"
                        + " them with -D" + RECORD + "=true, and say in the commit why:\n"
                        + String.join("\n", differences));
    }

    /** The lines of a list, each with the headings above it. */
    private static Set<String> lines(Path list) throws IOException {
        Set<String> lines = new LinkedHashSet<>();
        List<String> above = new ArrayList<>(List.of(list.getFileName().toString()));
        for (String line : Files.readAllLines(list)) {
            int depth = 1 + (line.length() - line.stripLeading().length()) / 2;
            above.subList(depth, above.size()).clear();
            above.add(line.strip());
            lines.add(String.join(" / ", above));
        }
        return lines;
    }

    /** What Linux says of the first processor's caches; empty where it says nothing. */
    private static String caches() throws IOException {
        StringBuilder caches = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            Path cache = Path.of("/sys/devices/system/cpu/cpu0/cache/index" + i);
            if (Files.exists(cache)) {
                caches.append("level ")
                        .append(Files.readString(cache.resolve("level")).strip());
                caches.append(", ")
                        .append(Files.readString(cache.resolve("type")).strip());
                caches.append(", ").append(Files.readString(cache.resolve("size")));
            }
        }
        return caches.toString();
    }
}
