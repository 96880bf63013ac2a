package dev.thalweg.data;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Does many small tasks on all processors, by threads that live as long as that. */
final class AllProcessors {
    private final int count;
    private final IntConsumer task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private int failedIndex = Integer.MAX_VALUE;
    private @Nullable Throwable failure;

    private AllProcessors(int count, IntConsumer task) {
        this.count = count;
        this.task = task;
    }

    /**
     * Does tasks in any order, and returns when all are done. If some fail, what the first of them by index threw is
     * thrown when no task runs any more; those behind it may not have been begun.
     *
     * @param count how many tasks
     * @param task is called once with each index from 0, by several threads
     * @throws IllegalStateException if the calling thread is interrupted, when no task runs any more
     */
    static void forEach(int count, IntConsumer task) {
        new AllProcessors(count, task).run();
    }

    private void run() {
        int threads = Math.min(count, Runtime.getRuntime().availableProcessors());
        if (threads <= 1) {
            work();
        } else {
            // Closing it waits for its threads, and interrupts them when this thread is interrupted.
            try (ExecutorService pool = Executors.newFixedThreadPool(
                    threads,
                    Thread.ofPlatform().daemon().name("thalweg-pictures-", 0).factory())) {
                for (int i = 0; i < threads; i++) {
                    pool.execute(this::work);
                }
            }
        }
        switch (failure()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
        if (done.get() < count) {
            throw new IllegalStateException("interrupted after " + done.get() + " of " + count + " tasks");
        }
    }

    /** Indices are taken in their order: all before one that fails were taken, and end, before any of it is told. */
    private void work() {
        while (!Thread.currentThread().isInterrupted() && failure() == null) {
            int index = next.getAndIncrement();
            if (index >= count) {
                return;
            }
            try {
                task.accept(index);
                done.incrementAndGet();
            } catch (Throwable e) {
                failed(index, e);
            }
        }
    }

    private synchronized @Nullable Throwable failure() {
        return failure;
    }

    private synchronized void failed(int index, Throwable e) {
        if (index < failedIndex) {
            failedIndex = index;
            failure = e;
        }
    }
}
