package dev.thalweg.backend.runtime;

import dev.thalweg.memory.Scope;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that computes one task after another, each member its part. Handing over a task allocates
 * nothing. A member's part depends only on its number, so results do not depend on timing. Callers from several threads
 * wait for each other, except where each is a team of its own: a team of one.
 */
public final class ThreadTeam implements AutoCloseable {
    /** A piece of work that falls into parts. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does one part.
         *
         * @param member which part, from 0
         * @param members how many parts there are
         */
        void run(int member, int members);
    }

    /** About ten microseconds: longer than the gap between two kernels of a step, shorter than a scheduler's slice. */
    private static final int SPINS = 2_000;

    private final int members;
    private final Thread[] helpers;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile int generation;
    private volatile boolean closed;
    private volatile @Nullable Thread leader;
    private volatile @Nullable Throwable failure;
    private Task task = (member, all) -> {};

    /**
     * Starts a team.
     *
     * @param members how many, the calling thread included; at least 1
     */
    public ThreadTeam(int members) {
        this.members = members;
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

    /**
     * {@return how many members there are}
     */
    public int members() {
        return members;
    }

    /**
     * {@return where a member's share of equal items begins; it ends where the next member's begins}
     *
     * @param items how many items there are
     * @param member from 0 to members
     * @param members how many members share them
     */
    public static int share(int items, int member, int members) {
        return (int) ((long) items * member / members);
    }

    /**
     * Does a task and returns when all parts are done.
     *
     * @param work the task
     * @throws IllegalStateException if this is closed
     */
    public void run(Task work) {
        if (members == 1) {
            checkOpen();
            work.run(0, 1);
        } else {
            runTogether(work);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the thread team is closed");
        }
    }

    private synchronized void runTogether(Task work) {
        checkOpen();
        task = work;
        failure = null;
        leader = Thread.currentThread();
        pending.set(helpers.length);
        generation++;
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
        switch (failure) {
            case null -> {}
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException("a kernel failed: " + e, e);
        }
    }

    private void part(int member) {
        try {
            task.run(member, members);
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void serve(int member) {
        int seen = 0;
        while (true) {
            for (int spins = 0; generation == seen; spins++) {
                if (closed) {
                    return;
                }
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            seen = generation;
            part(member);
            if (pending.decrementAndGet() == 0) {
                LockSupport.unpark(leader);
            }
        }
    }

    /** Waits for the task under way, then ends the threads; tasks that come later are refused. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Thread helper : helpers) {
            // Where a thread could not be started, those after it are missing.
            LockSupport.unpark(helper);
        }
    }
}
