package dev.thalweg.data;

import org.jspecify.annotations.Nullable;

/**
 * A hold on the pictures of a store: one that owns its share of them and gives it back when it is closed, or a view of
 * another hold, which ends with that one.
 */
final class StoreHold implements AutoCloseable {
    private final PictureStore store;
    /** What this is a view of; null where it owns its share. */
    private final @Nullable StoreHold viewed;

    private boolean closed;

    private StoreHold(PictureStore store, @Nullable StoreHold viewed) {
        this.store = store;
        this.viewed = viewed;
    }

    /** Takes over the store's first share. */
    static StoreHold of(PictureStore store) {
        return new StoreHold(store, null);
    }

    StoreHold view() {
        checkOpen();
        return new StoreHold(store, this);
    }

    /** {@return one that owns a share of its own} */
    StoreHold share() {
        checkOpen();
        return new StoreHold(store.share(), null);
    }

    /** {@return the store, which closing may yet take away} */
    PictureStore store() {
        return store;
    }

    /** {@return where the pictures come from} */
    PictureSource source() {
        checkOpen();
        return store.source();
    }

    private synchronized boolean isClosed() {
        return closed || viewed != null && viewed.isClosed();
    }

    private void checkOpen() {
        if (isClosed()) {
            throw new IllegalStateException("the " + store.name() + " is closed");
        }
    }

    /** Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (viewed == null) {
                store.close();
            }
        }
    }
}
