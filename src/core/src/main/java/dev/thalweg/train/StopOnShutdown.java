package dev.thalweg.train;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a training when the program is told to end, by Ctrl-C or a plain {@code kill}: the update under way is finished,
 * other callbacks write their files, {@code fit} returns, and the JVM waits until this is closed, so that what follows
 * the training (saving the model) still happens:
 * <pre>{@code
 * try (StopOnShutdown interrupt = new StopOnShutdown()) {
 *     model.fit(pictures, Fit.epochs(10).callbacks(interrupt, new ModelCheckpoint(directory, 2)));
 *     model.save(file);
 * }
 * }</pre>
 */
public final class StopOnShutdown implements Callback, AutoCloseable {
    /** Longer than any update takes; an end to the wait for a thread that hangs. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::shutDown, "thalweg-shutdown");
    private volatile boolean asked;
    /** Null but in a training. */
    private volatile @Nullable Training training;

    /** Begins to listen. */
    public StopOnShutdown() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * {@return whether the program was told to end}
     */
    public boolean asked() {
        return asked;
    }

    private void shutDown() {
        asked = true;
        Training running = training;
        if (running != null) {
            running.stop("the program was told to end");
        }
        try {
            done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onTrainBegin(Training begun) {
        training = begun;
        if (asked) {
            begun.stop("the program was told to end");
        }
    }

    @Override
    public void onTrainEnd(Training ended) {
        training = null;
    }

    /** Lets the JVM end. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already, which is what the hook was for.
        }
    }
}
