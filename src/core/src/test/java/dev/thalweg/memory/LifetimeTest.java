package dev.thalweg.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@SuppressWarnings("ThreadPriorityCheck") // Yielding makes races likelier; nothing relies on it.
class LifetimeTest {
    private final Lifetime lifetime = Lifetime.of("the engine", "programs");
    private final AtomicInteger freed = new AtomicInteger();

    private void close(Lifetime which) {
        Scope resources = new Scope();
        resources.own(freed::incrementAndGet);
        which.close(resources);
    }

    private static <T> T onAnotherThread(Callable<T> work) throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("other").factory())) {
            return other.submit(work).get();
        }
    }

    @Test
    void closesOnceAndRefusesAllUseAfterwards() {
        close(lifetime);
        close(lifetime);
        assertEquals(1, freed.get());
        assertTrue(lifetime.isClosed());
        for (Runnable use :
                List.<Runnable>of(lifetime::enter, lifetime::enterAlone, () -> lifetime.child("a program", "runs"))) {
            String message = assertThrows(IllegalStateException.class, use::run).getMessage();
            assertTrue(message.contains("the engine is closed"), message);
        }
    }

    @Test
    void isNotClosedUnderAUser() throws Exception {
        for (boolean alone : new boolean[] {false, true}) {
            try (Lifetime.Use _ = alone ? lifetime.enterAlone() : lifetime.enter()) {
                String message = onAnotherThread(() -> assertThrows(IllegalStateException.class, () -> close(lifetime)))
                        .getMessage();
                assertTrue(message.contains("the engine cannot be closed while"), message);
                assertThrows(IllegalStateException.class, () -> close(lifetime), "by the user itself");
                assertEquals(0, freed.get());
            }
        }
        close(lifetime);
        assertEquals(1, freed.get());
    }

    @Test
    void isNotClosedUnderItsChildren() {
        Lifetime first = lifetime.child("a program", "runs");
        Lifetime second = lifetime.child("a program", "runs");
        close(first);
        String message =
                assertThrows(IllegalStateException.class, () -> close(lifetime)).getMessage();
        assertEquals("the engine cannot be closed: 1 open programs still use it; close them first", message);
        close(second);
        close(second);
        close(lifetime);
        assertEquals(3, freed.get());
    }

    /** While a child is being freed, its parent must still be there. */
    @Test
    void aChildIsOpenUntilItsResourcesAreFreed() {
        Lifetime child = lifetime.child("a program", "runs");
        Scope resources = new Scope();
        resources.own(() -> assertThrows(IllegalStateException.class, () -> close(lifetime)));
        child.close(resources);
        close(lifetime);
        assertEquals(1, freed.get());
    }

    @Test
    void aChildThatFailsToFreeIsClosedAllTheSame() {
        Lifetime child = lifetime.child("a program", "runs");
        Scope resources = new Scope();
        resources.own(() -> {
            throw new OutOfMemoryError();
        });
        assertThrows(OutOfMemoryError.class, () -> child.close(resources));
        close(lifetime);
    }

    @Test
    void whoIsAloneKeepsOthersOutButNotItself() throws Exception {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            try (Lifetime.Use _ = lifetime.enterAlone();
                    Lifetime.Use _ = lifetime.enter()) {
                assertTrue(onAnotherThread(() -> assertThrows(IllegalStateException.class, lifetime::enter))
                        .getMessage()
                        .contains("in use by thread \"" + Thread.currentThread().getName()));
            }
            // Inner uses have ended, the outer has not.
            onAnotherThread(() -> assertThrows(IllegalStateException.class, lifetime::enterAlone));
        }
        assertFalse(onAnotherThread(() -> {
            lifetime.enterAlone().close();
            return lifetime.isClosed();
        }));
    }

    @Test
    void whoIsNotAloneKeepsOutOnlyThoseWhoWantToBe() throws Exception {
        try (Lifetime.Use _ = lifetime.enter()) {
            onAnotherThread(() -> {
                lifetime.enter().close();
                return assertThrows(IllegalStateException.class, lifetime::enterAlone);
            });
        }
    }

    private static void closeBetweenUses(Lifetime life, Scope resources) {
        while (!life.isClosed()) {
            try {
                life.close(resources);
            } catch (IllegalStateException used) {
                Thread.yield();
            }
        }
    }

    /** Users and one who closes at random moments: nobody is ever inside when the resources are freed, or after. */
    @Test
    void noUseOverlapsTheEnd() throws Exception {
        for (int round = 0; round < 50; round++) {
            Lifetime life = Lifetime.of("round " + round, "none");
            AtomicBoolean gone = new AtomicBoolean();
            AtomicInteger wrong = new AtomicInteger();
            Scope resources = new Scope();
            resources.own(() -> gone.set(true));
            try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
                List<Future<?>> users = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    boolean alone = i == 0;
                    users.add(threads.submit(() -> {
                        for (int use = 0; use < 200 && !life.isClosed(); use++) {
                            try (Lifetime.Use _ = alone ? life.enterAlone() : life.enter()) {
                                wrong.addAndGet(gone.get() ? 1 : 0);
                                Thread.yield();
                                wrong.addAndGet(gone.get() ? 1 : 0);
                            } catch (IllegalStateException refused) {
                                // By the other user, or by the end.
                            }
                        }
                    }));
                }
                LockSupport.parkNanos(round * 1_000L);
                if (round % 2 == 0) {
                    life.closeWhenLeft(resources);
                } else {
                    closeBetweenUses(life, resources);
                }
                assertTrue(gone.get());
                for (Future<?> user : users) {
                    user.get();
                }
            }
            assertEquals(0, wrong.get());
        }
    }
}
