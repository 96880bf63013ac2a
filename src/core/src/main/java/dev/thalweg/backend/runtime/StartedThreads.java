package dev.thalweg.backend.runtime;

import dev.thalweg.memory.Scope;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A fixed number of Java's threads. */
final class StartedThreads extends ThreadTeam {
    /** About ten microseconds: longer than the gap between two kernels of a step, shorter than a scheduler's slice. */
    private static final int SPINS = 2_000;

    private final Thread[] helpers;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger generation = new AtomicInteger();
    private volatile @Nullable Thread leader;

    StartedThreads(int members) {
        super(members);
        helpers = new Thread[members - 1];
        try (Scope starting = new Scope()) {
            starting.own(this);
            for (int i = 0; i < helpers.length; i++) {
                int member = i + 1;
                helpers[i] =
                        Thread.ofPlatform().daemon().name("thalweg-" + member).start(() -> serve(member));
            }
            starting.handOver();
        }
    }

    @Override
    protected void computeParts() {
        leader = Thread.currentThread();
        pending.set(helpers.length);
        generation.incrementAndGet();
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
        part(0);
        for (int spins = 0; pending.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
    }

    private void serve(int member) {
        int seen = 0;
        while (true) {
            for (int spins = 0; generation.get() == seen; spins++) {
                if (isClosed()) {
                    return;
                }
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            seen = generation.get();
            part(member);
            if (pending.decrementAndGet() == 0) {
                LockSupport.unpark(leader);
            }
        }
    }

    @Override
    protected void end() {
        for (Thread helper : helpers) {
            // Where a thread could not be started, those after it are missing.
            LockSupport.unpark(helper);
        }
    }
}
