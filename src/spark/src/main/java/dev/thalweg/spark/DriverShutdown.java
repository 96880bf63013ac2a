package dev.thalweg.spark;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Ends a training when the driver is told to end, by Ctrl-C or a plain {@code kill}. Spark would end its session at the
 * same moment, and with it the job: this comes before, and lets the training come to an end with a checkpoint.
 */
final class DriverShutdown implements AutoCloseable {
    /** Spark's own hook comes 30 after the file systems' (its {@code SparkShutdownHookManager}). */
    private static final int BEFORE_SPARK = FileSystem.SHUTDOWN_HOOK_PRIORITY + 40;

    /** Longer than any update takes, and writing a checkpoint. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final CountDownLatch done = new CountDownLatch(1);
    private final Runnable hook;

    /**
     * Has the driver stop a training before it ends.
     *
     * @param stop tells whether there is somebody who stops, for whom to wait
     */
    DriverShutdown(BooleanSupplier stop) {
        hook = () -> {
            if (!stop.getAsBoolean()) {
                return;
            }
            try {
                var _ = done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        ShutdownHookManager.get().addShutdownHook(hook, BEFORE_SPARK, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        done.countDown();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(hook);
        }
    }
}
