package dev.thalweg.collective;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs something in all replicas of a collective, each in a thread of its own. */
public final class TogetherInThreads {
    /** What one replica does. */
    @FunctionalInterface
    public interface Part<T> {
        /** {@return what comes of it in this replica} */
        T of(Collective collective) throws Exception;
    }

    private TogetherInThreads() {}

    /** {@return what each came to, in the order of their ranks} */
    public static <T> List<T> run(int size, Part<T> part) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> future : tried(size, part)) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        return results;
    }

    /** {@return what each came to, all of them over, in the order of their ranks} */
    public static <T> List<Future<T>> tried(int size, Part<T> part) throws InterruptedException {
        List<ThreadCollective> replicas = ThreadCollective.of(size);
        try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
            List<Future<T>> futures = new ArrayList<>();
            for (ThreadCollective replica : replicas) {
                futures.add(threads.submit(() -> {
                    try {
                        return part.of(replica);
                    } catch (Throwable e) {
                        replica.close();
                        throw e;
                    }
                }));
            }
            threads.shutdown();
            if (!threads.awaitTermination(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the replicas hang");
            }
            return futures;
        } finally {
            replicas.forEach(ThreadCollective::close);
        }
    }
}
