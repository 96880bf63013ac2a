package dev.thalweg.backend.onednn;

import dev.thalweg.opencl.OpenClDevice;
import dev.thalweg.opencl.OpenClHeap;
import java.util.Optional;

/** On which GPUs oneDNN's recurrent primitives would end the process. */
final class RecurrenceRefusal {
    /** Xe, the first that oneDNN 3.13 knows. */
    private static final int FIRST_ARCHITECTURE = 12;
    /** oneDNN 3.13 takes so many for one group, and divides by the number of groups. */
    private static final int UNITS_OF_A_GROUP = 16;

    private RecurrenceRefusal() {}

    /**
     * Why there are none, and what to do.
     *
     * @param mixed whether buffers are used where there is unified shared memory: by {@link OpenClHeap#isMixed}
     */
    static Optional<String> of(OpenClDevice device, boolean mixed) {
        // In rnn::utils::init_conf and rnn::init_ocl_conf.
        if (device.architecture() < FIRST_ARCHITECTURE || device.computeUnits() < UNITS_OF_A_GROUP) {
            return Optional.of("oneDNN would divide by zero, as the device is of architecture " + device.architecture()
                    + " with " + device.computeUnits() + " compute units; expected " + FIRST_ARCHITECTURE
                    + " or later with at least " + UNITS_OF_A_GROUP + ". Choose device cpu");
        }
        // Of an argument that was once a buffer, Intel's driver (26.27) does not notice that it is missing, and ends.
        return mixed
                ? Optional.of("Intel's driver would end the process where oneDNN computes them in buffers. "
                        + "Leave the system property " + OpenClHeap.PROPERTY + " out, or choose device cpu")
                : Optional.empty();
    }
}
