package dev.thalweg.inference;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Things that are lent to one thread at a time; who finds none free waits. */
final class Pool<T> {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final int size;
    private final Deque<T> free;
    private boolean closed;

    Pool(List<T> things) {
        size = things.size();
        free = new ArrayDeque<>(things);
    }

    T take() {
        lock.lock();
        try {
            while (free.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            checkOpen();
            return free.pop();
        } finally {
            lock.unlock();
        }
    }

    void checkOpen() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("this inference is closed; make another to use the model");
            }
        } finally {
            lock.unlock();
        }
    }

    void giveBack(T thing) {
        lock.lock();
        try {
            free.push(thing);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lends no more, and waits until all are back. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            while (free.size() < size) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
