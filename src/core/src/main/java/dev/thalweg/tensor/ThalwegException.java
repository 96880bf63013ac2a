package dev.thalweg.tensor;

/**
 * What this library throws on its own behalf, so that one clause catches it all. The family:
 * <ul>
 *   <li>{@link ShapeException}: shapes, data types or layers that do not fit together;
 *   <li>{@link MemoryLimitException}: more memory off the heap than this process may hold;
 *   <li>{@link UnavailableException}: a backend, device or precision that cannot be used on this machine;
 *   <li>{@link DeviceException}: a GPU that failed or has no memory left;
 *   <li>{@code CollectiveException}: another replica of a training that failed, fell silent or left;
 *   <li>{@code OneDnnException}: a call of a native library that failed;
 *   <li>{@code OverloadedException}: a service that is asked more than it can answer;
 *   <li>{@code TrainingDivergedException}: a loss or gradient that is no longer finite.
 * </ul>
 * Not of the family, because Java has its words for them: an argument that is out of range or names nothing is an
 * {@link IllegalArgumentException}, a call that comes at the wrong time (on what is closed, not compiled, or another
 * thread's) an {@link IllegalStateException}. Whatever is wrong with files is an {@link java.io.IOException}, a file
 * that is not what it should be a {@code BadFileException} among them; where a method of an interface cannot throw that
 * (callbacks, streamed pictures, {@code fit} with its checkpoints), an {@link java.io.UncheckedIOException} around it.
 */
public abstract class ThalwegException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message what was got, what was expected, where, and what to do
     */
    protected ThalwegException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what was got, what was expected, where, and what to do
     * @param cause what another library said
     */
    protected ThalwegException(String message, Throwable cause) {
        super(message, cause);
    }
}
