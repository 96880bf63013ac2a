package dev.thalweg.backend.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every team of threads does. */
@Timeout(60)
public abstract class ThreadTeamContract {
    /** Opens a team of so many members. */
    protected abstract ThreadTeam open(int members);

    /** Each of the two tasks ends only when the other has begun. */
    @Test
    void callersOfATeamOfOneComputeSideBySide() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        try (ThreadTeam team = open(1);
                ExecutorService callers = Executors.newFixedThreadPool(2)) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                calls.add(callers.submit(() -> team.run((member, members) -> {
                    assertEquals(1, members);
                    meet(both);
                })));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void callersOfALargerTeamDoNotMixTheirTasks() throws Exception {
        int callers = 4;
        try (ThreadTeam team = open(3);
                ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            List<Future<int[]>> calls = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int number = i + 1;
                calls.add(threads.submit(() -> {
                    int[] sums = new int[3];
                    for (int task = 0; task < 200; task++) {
                        team.run((member, members) -> sums[member] += number);
                    }
                    return sums;
                }));
            }
            for (int i = 0; i < callers; i++) {
                for (int sum : calls.get(i).get()) {
                    assertEquals(200 * (i + 1), sum);
                }
            }
        }
    }

    @Test
    void whatAMemberThrowsReachesTheCaller() {
        for (int members : new int[] {1, 2}) {
            try (ThreadTeam team = open(members)) {
                OutOfMemoryError error = new OutOfMemoryError();
                assertSame(
                        error,
                        assertThrows(
                                OutOfMemoryError.class,
                                () -> team.run((member, all) -> {
                                    if (member == all - 1) {
                                        throw error;
                                    }
                                })));
                int[] after = new int[members];
                team.run((member, all) -> after[member] = 1);
                assertEquals(1, after[members - 1], "it computes on");
            }
        }
    }

    @Test
    void aClosedTeamRefuses() {
        for (int members : new int[] {1, 3}) {
            ThreadTeam team = open(members);
            team.close();
            team.close();
            assertTrue(assertThrows(IllegalStateException.class, () -> team.run((member, all) -> {}))
                    .getMessage()
                    .contains("closed"));
        }
    }
}
