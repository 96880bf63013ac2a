package dev.thalweg.tensor;

/**
 * A device of its own, such as a GPU, that failed or has no memory left. The message says which device, what it was
 * asked for and what it answered. What the host holds is as it was: data, files, checkpoints, and models that compute
 * elsewhere. Where the device failed while it computed, the weights of the model that computed there count as lost, for
 * they may lie half changed: close it, and go on from its last checkpoint in another one.
 */
public class DeviceException extends ThalwegException {
    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message which device, what it was asked for, what it answered, and what to do
     */
    public DeviceException(String message) {
        super(message);
    }
}
