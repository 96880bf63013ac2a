package dev.thalweg.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that fill batches. When they are closed, none of them runs any more. */
final class BatchWorkers implements AutoCloseable {
    /** As many as keep up with a training where pictures are copied from memory. */
    private static final int COPYING = 2;
    /** Each has a batch of its own in hand: beyond this many they take more memory than they save time. */
    private static final int MOST = 16;

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor pool;

    /** Makes {@code count} threads. */
    BatchWorkers(int count) {
        pool = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = Thread.ofPlatform().daemon().name("thalweg-data").unstarted(task);
            threads.add(thread);
            return thread;
        });
    }

    /** {@return how many threads a data set takes: as many as there are processors, where pictures must be decoded} */
    static int countFor(ImageDataset data) {
        return data.isHeld() ? COPYING : Math.clamp(Runtime.getRuntime().availableProcessors(), COPYING, MOST);
    }

    Future<Batch> submit(Callable<Batch> work) {
        try {
            return pool.submit(work);
        } catch (RejectedExecutionException e) {
            throw closed(e);
        }
    }

    /** What was submitted, when it is done; an interrupt ends the waiting with an exception, and is kept. */
    static Batch await(Future<Batch> batch) throws ExecutionException {
        try {
            return batch.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch", e);
        } catch (CancellationException e) {
            throw closed(e);
        }
    }

    private static IllegalStateException closed(RuntimeException cause) {
        return new IllegalStateException("this batch loader is closed: it cannot be used any more", cause);
    }

    /**
     * Cancels what has not begun and waits for the rest; an interrupt does not end that, and is kept. Nobody else is
     * interrupted: whoever reads pictures might lose the channel they come through.
     */
    @Override
    public void close() {
        if (threads.contains(Thread.currentThread())) {
            throw new IllegalStateException("a batch loader cannot be closed by a thread that fills its batches");
        }
        pool.shutdown();
        List<Runnable> waiting = new ArrayList<>();
        pool.getQueue().drainTo(waiting);
        waiting.forEach(task -> ((Future<?>) task).cancel(false));
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = pool.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
