package dev.thalweg.tensor;

/**
 * How many threads compute on the CPU.
 *
 * @param count from 1 to 4096
 */
public record Threads(int count) {
    /** The system property that sets the number of threads; without it, every processor that the JVM sees. */
    public static final String PROPERTY = "thalweg.threads";

    private static final int MOST = 4096;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code count} is not from 1 to 4096
     */
    public Threads {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("the number of threads must be from 1 to " + MOST + ", got " + count);
        }
    }

    /**
     * {@return as many threads}
     *
     * @param count from 1 to 4096
     */
    public static Threads of(int count) {
        return new Threads(count);
    }

    /**
     * {@return as many threads as the property {@value #PROPERTY} says, else as there are processors}
     *
     * @throws IllegalArgumentException if that property is no number from 1 to 4096
     */
    public static Threads auto() {
        String set = System.getProperty(PROPERTY);
        if (set == null) {
            return of(Math.min(Runtime.getRuntime().availableProcessors(), MOST));
        }
        try {
            return of(Integer.parseInt(set));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "system property " + PROPERTY + " must be a positive number, got \"" + set + "\"", e);
        }
    }

    /** The number alone. */
    @Override
    public String toString() {
        return String.valueOf(count);
    }
}
