package dev.thalweg.opencl;

import dev.thalweg.tensor.UnavailableException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a device's memory comes from: unified shared memory where the device has it, else buffers. oneDNN prefers the
 * former.
 */
public final class OpenClHeap {
    /** System property that names the kind of memory: {@code usm} or {@code buffer}. */
    public static final String PROPERTY = "thalweg.opencl.memory";

    private final MemorySegment device;
    private final MemorySegment context;
    private final MemorySegment queue;
    private final boolean hasUsm;
    private final Optional<UsmFunctions> usm;

    /**
     * Finds what there is, or what the system property names.
     *
     * @param device where the memory is
     * @param context of the device
     * @param queue through which it is written and read
     * @throws IllegalArgumentException if the property is another word
     * @throws UnavailableException if it names what the device lacks
     */
    public OpenClHeap(MemorySegment device, MemorySegment context, MemorySegment queue) {
        this.device = device;
        this.context = context;
        this.queue = queue;
        hasUsm = OpenClDevice.of(device).unifiedMemory();
        usm = wantsUsm(System.getProperty(PROPERTY), hasUsm) ? Optional.of(new UsmFunctions(device)) : Optional.empty();
    }

    /** Whether memory is to be unified and shared. */
    static boolean wantsUsm(@Nullable String name, boolean there) {
        return switch (name) {
            case null -> there;
            case "buffer" -> false;
            case "usm" -> {
                if (!there) {
                    throw new UnavailableException("system property " + PROPERTY
                            + " is \"usm\", and the device has no unified shared memory: leave the property out");
                }
                yield true;
            }
            default ->
                throw new IllegalArgumentException(
                        "system property " + PROPERTY + " is \"" + name + "\": expected buffer, usm");
        };
    }

    /**
     * {@return whether memory comes in buffers though the device has unified shared memory} oneDNN 3.13 then passes
     * buffers by one function, and says by the other's that an argument is missing.
     */
    public boolean isMixed() {
        return hasUsm && usm.isEmpty();
    }

    /**
     * Allocates memory full of zeros.
     *
     * @param bytes how much
     * @return the memory
     * @throws OpenClException if there is not enough
     */
    public OpenClMemory allocate(long bytes) {
        return usm.<OpenClMemory>map(functions -> OpenClUsm.allocate(functions, device, context, queue, bytes))
                .orElseGet(() -> OpenClBuffer.allocate(context, queue, bytes));
    }
}
