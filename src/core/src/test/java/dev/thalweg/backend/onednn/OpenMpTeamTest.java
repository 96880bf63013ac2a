package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.runtime.ThreadTeamContract;
import dev.thalweg.onednn.OneDnn;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OpenMpTeamTest extends ThreadTeamContract {
    @Override
    protected ThreadTeam open(int members) {
        OneDnn.report();
        return OpenMpTeam.of(members);
    }

    @Test
    void thereIsAnOpenMpWithTheNativesOfLinux() {
        if (System.getProperty("os.name").equals("Linux")) {
            try (ThreadTeam team = open(2)) {
                assertInstanceOf(OpenMpTeam.class, team);
            }
        }
    }

    /** Many tasks of many parts, more than processors: each part is computed once a task. */
    @Test
    void everyPartIsComputedOnce() {
        int members = 7;
        int[] counts = new int[members];
        try (ThreadTeam team = open(members)) {
            for (int task = 0; task < 1000; task++) {
                team.run((member, all) -> counts[member]++);
            }
        }
        int[] expected = new int[members];
        Arrays.fill(expected, 1000);
        assertEquals(Arrays.toString(expected), Arrays.toString(counts));
    }

    /** A caller's OpenMP threads end with it; the JVM must let go of each. */
    @Test
    void threadsEndWithTheirCaller() throws Exception {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (ThreadTeam team = open(3)) {
            for (int i = 0; i < 20; i++) {
                Thread caller = Thread.ofPlatform()
                        .uncaughtExceptionHandler((_, e) -> failure.set(e))
                        .start(() -> {
                            for (int task = 0; task < 50; task++) {
                                team.run((_, _) -> seen.add(Thread.currentThread()));
                            }
                        });
                caller.join();
            }
        }
        assertEquals(null, failure.get());
        assertTrue(seen.size() >= 20, "there were " + seen.size());
        for (Thread thread : seen) {
            thread.join(30_000);
            assertTrue(!thread.isAlive(), thread + " is alive");
        }
    }

    @Test
    void aVirtualThreadMayCall() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        int[] counts = new int[3];
        try (ThreadTeam team = open(3)) {
            Thread.ofVirtual()
                    .uncaughtExceptionHandler((_, e) -> failure.set(e))
                    .start(() -> team.run((member, _) -> counts[member]++))
                    .join();
        }
        assertEquals(null, failure.get());
        assertEquals("[1, 1, 1]", Arrays.toString(counts));
    }
}
