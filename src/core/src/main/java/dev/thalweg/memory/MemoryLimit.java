package dev.thalweg.memory;

import dev.thalweg.tensor.MemoryLimitException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much host memory all owners of this process hold off the heap, and how much they may. */
final class MemoryLimit {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([kmgKMG]?)");
    private static final int STEP = 10;
    private static long held;

    private static final class Default {
        static final long BYTES = SystemMemory.leftForOffHeap();
    }

    private MemoryLimit() {}

    /**
     * Counts memory before it is allocated.
     *
     * @param who asks, for the message
     * @param size in bytes
     * @throws MemoryLimitException if that is too much
     */
    static synchronized void reserve(String who, long size) {
        long allowed = allowed();
        // Not a sum, which might overflow.
        if (size > allowed - held) {
            throw new MemoryLimitException(
                    who + " asks for " + bytes(size) + " off the heap, but " + bytes(held)
                            + " of the " + bytes(allowed) + " allowed "
                            + (isSet() ? "by the system property " + MemoryOwner.LIMIT_PROPERTY : "on this machine")
                            + " are held: use smaller batches or pictures, or stream the data; close what is no "
                            + "longer needed;"
                            + " or set " + MemoryOwner.LIMIT_PROPERTY + " to more, as in 8g",
                    size,
                    held,
                    allowed);
        }
        held += size;
    }

    static synchronized void giveBack(long size) {
        held -= size;
    }

    private static boolean isSet() {
        return System.getProperty(MemoryOwner.LIMIT_PROPERTY) != null;
    }

    /** Read anew each time: allocations are rare, and a setting made late counts too. */
    private static long allowed() {
        return isSet() ? parse(System.getProperty(MemoryOwner.LIMIT_PROPERTY)) : Default.BYTES;
    }

    private static long parse(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new IllegalArgumentException("system property " + MemoryOwner.LIMIT_PROPERTY
                    + " must be a number of bytes, or one with suffix k, m or g as in 512m, got \"" + text + "\"");
        }
        int shift = size.group(2).isEmpty()
                ? 0
                : STEP * (1 + "kmg".indexOf(size.group(2).toLowerCase(Locale.ROOT)));
        long number = Long.parseLong(size.group(1));
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }

    private static String bytes(long bytes) {
        if (bytes < 1L << 2 * STEP) {
            return bytes + " bytes";
        }
        boolean large = bytes >= 1L << 3 * STEP;
        double number = bytes / (double) (1L << (large ? 3 : 2) * STEP);
        return String.format(Locale.ROOT, "%.1f %s", number, large ? "GiB" : "MiB");
    }
}
