package dev.thalweg.files;

import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A folder that one training at a time writes into. The claim ends when it is closed, or with the process however that
 * ends. A small file stays in the folder, which shows that trainings write there.
 */
public final class ClaimedFolder implements AutoCloseable {
    /** The name of the file that is locked. */
    public static final String MARK = ".thalweg-lock";

    private final LockedFile mark;
    private final Scope open;

    private ClaimedFolder(LockedFile mark, Scope open) {
        this.mark = mark;
        this.open = open;
    }

    /**
     * Claims a folder, and removes what a process that was killed was writing there.
     *
     * @param folder which; made if it is not there
     * @return the claim
     * @throws IOException if nothing can be written there
     * @throws IllegalStateException if another training has claimed it
     */
    public static ClaimedFolder claim(Path folder) throws IOException {
        Files.createDirectories(folder);
        // The file is never deleted: whoever waited for it would then lock it beside the next one's of the same name.
        Path file = folder.resolve(MARK);
        try (Scope opening = new Scope()) {
            LockedFile mark = opening.own(LockedFile.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                    .orElseThrow(() -> new IllegalStateException(folder + ": another training " + holder(file)
                            + " writes there, expected none: wait for its end, or use another folder")));
            write(
                    mark,
                    "process " + ProcessHandle.current().pid() + ", since "
                            + Instant.now().truncatedTo(ChronoUnit.SECONDS));
            AtomicFile.removeLeftovers(folder);
            return new ClaimedFolder(mark, opening.handOver());
        }
    }

    private static void write(LockedFile mark, String holder) throws IOException {
        mark.channel().truncate(0);
        mark.channel().write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static String holder(Path file) {
        try {
            return LockedFile.isHeldHere(file)
                    ? "of this program"
                    : "(" + Files.readString(file, StandardCharsets.US_ASCII) + ")";
        } catch (IOException e) {
            return "that cannot be asked (" + e.getMessage() + ")";
        }
    }

    /** Lets another training have the folder. */
    @Override
    public void close() {
        try {
            write(mark, "");
        } catch (IOException e) {
            // The name of who had it may stay: the lock counts.
        } finally {
            open.close();
        }
    }
}
