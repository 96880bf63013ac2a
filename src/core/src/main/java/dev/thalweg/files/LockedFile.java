package dev.thalweg.files;

import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that one holder at a time has open: another process is kept out by a lock of the system, which ends with its
 * process however that ends, another thread of this one by a list.
 */
final class LockedFile implements AutoCloseable {
    /**
     * What this process holds, whose threads the system does not tell apart: it would even drop a lock when any of them
     * opens and closes the file again. So this list is asked before a file is touched.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    /**
     * The one byte that is locked: one that is never written, so that others can read the file also where locks forbid
     * that.
     */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final FileChannel channel;
    private final boolean locked;
    private final Scope open;

    private LockedFile(FileChannel channel, boolean locked, Scope open) {
        this.channel = channel;
        this.locked = locked;
        this.open = open;
    }

    /**
     * Opens a file for this holder alone.
     *
     * @param file in a directory that exists
     * @param options of {@link FileChannel#open}, one of them for writing
     * @return the file, or nothing if somebody else holds it
     * @throws IOException if it cannot be opened
     */
    static Optional<LockedFile> open(Path file, OpenOption... options) throws IOException {
        Path place = place(file);
        if (!HELD.add(place)) {
            return Optional.empty();
        }
        try (Scope opening = new Scope()) {
            opening.own(() -> HELD.remove(place));
            FileChannel channel = opening.own(FileChannel.open(place, options));
            FileLock lock = null;
            boolean knowsLocks = true;
            try {
                lock = channel.tryLock(LOCKED_BYTE, 1, false);
            } catch (IOException e) {
                knowsLocks = false;
            }
            return lock == null && knowsLocks
                    ? Optional.empty()
                    : Optional.of(new LockedFile(channel, knowsLocks, opening.handOver()));
        }
    }

    /** One name for a file, through whatever links its directory is reached. */
    private static Path place(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new FileSystemException(file.toString(), null, "the root of a file system is not a file");
        }
        return directory.toRealPath().resolve(absolute.getFileName());
    }

    /** Whether this process holds a file. */
    static boolean isHeldHere(Path file) throws IOException {
        return HELD.contains(place(file));
    }

    FileChannel channel() {
        return channel;
    }

    /** Whether other processes are kept out too; not so on a file system that knows no locks. */
    boolean keepsProcessesOut() {
        return locked;
    }

    /** Lets others have it. */
    @Override
    public void close() {
        open.close();
    }
}
