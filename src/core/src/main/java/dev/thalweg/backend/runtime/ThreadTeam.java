package dev.thalweg.backend.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Threads that compute one task after another, each member its part. Handing over a task allocates nothing. A member's
 * part depends only on its number, so results do not depend on timing. Callers from several threads wait for each
 * other, except where each is a team of its own: a team of one.
 */
public abstract class ThreadTeam implements AutoCloseable {
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

    private final int members;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private Task task = (member, all) -> {};

    /**
     * A team.
     *
     * @param members how many, the calling thread included; at least 1
     */
    protected ThreadTeam(int members) {
        this.members = members;
    }

    /**
     * Starts threads of its own.
     *
     * @param members how many, the calling thread included; at least 1
     * @return the team
     */
    public static ThreadTeam start(int members) {
        return new StartedThreads(members);
    }

    /**
     * {@return how many members there are}
     */
    public final int members() {
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
    public final void run(Task work) {
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
        computeParts();
        switch (failure) {
            case null -> {}
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException("a kernel failed: " + e, e);
        }
    }

    /** Has every member's part computed once, by {@link #part}, and returns when all are done. */
    protected abstract void computeParts();

    /**
     * Computes a part of the task under way; whatever it throws reaches the caller of {@link #run}.
     *
     * @param member which, from 0
     */
    protected final void part(int member) {
        try {
            task.run(member, members);
        } catch (Throwable e) {
            failure = e;
        }
    }

    /**
     * {@return whether tasks are refused}
     */
    protected final boolean isClosed() {
        return closed;
    }

    /** Ends what computes parts; none is being computed. */
    protected abstract void end();

    /** Waits for the task under way, then ends the threads; tasks that come later are refused. */
    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            end();
        }
    }
}
