package dev.thalweg.tensor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where is computed.
 *
 * @param kind of device
 * @param index which of that kind, from 0; 0 for the CPU and for AUTO
 */
public record Device(Kind kind, int index) {
    /** What a device is. */
    public enum Kind {
        /** The processor that Java runs on. */
        CPU,
        /** A GPU. */
        GPU,
        /** The first GPU where there is one, else the CPU. */
        AUTO
    }

    private static final int MOST = 9999;
    private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,4}))?");

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code index} is not from 0 to 9999, or not 0 where it is no GPU
     */
    public Device {
        if (index < 0 || index > (kind == Kind.GPU ? MOST : 0)) {
            throw new IllegalArgumentException("device: the number of a GPU must be from 0 to " + MOST
                    + ", that of another device 0, got " + index);
        }
    }

    /**
     * {@return the processor that Java runs on}
     */
    public static Device cpu() {
        return new Device(Kind.CPU, 0);
    }

    /**
     * {@return a GPU}
     *
     * @param index which, from 0
     */
    public static Device gpu(int index) {
        return new Device(Kind.GPU, index);
    }

    /**
     * {@return the first GPU where there is one, else the CPU}
     */
    public static Device auto() {
        return new Device(Kind.AUTO, 0);
    }

    /**
     * {@return the device that a word names}
     *
     * @param text {@code cpu}; {@code gpu} or {@code gpu:N} for the first or another GPU; {@code auto}
     * @throws IllegalArgumentException if it names none
     */
    public static Device parse(String text) {
        Matcher gpu = GPU.matcher(text);
        if (gpu.matches()) {
            return gpu(gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
        }
        return switch (text) {
            case "cpu" -> cpu();
            case "auto" -> auto();
            default ->
                throw new IllegalArgumentException(
                        "there is no device \"" + text + "\": choose cpu, gpu, gpu:N or auto");
        };
    }

    /** The word that {@link #parse} reads. */
    @Override
    public String toString() {
        return switch (kind) {
            case CPU -> "cpu";
            case GPU -> "gpu:" + index;
            case AUTO -> "auto";
        };
    }
}
