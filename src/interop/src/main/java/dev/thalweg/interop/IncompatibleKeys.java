package dev.thalweg.interop;

import java.util.List;

/**
 * What did not match when a {@link StateDict} was loaded, in PyTorch's words.
 *
 * @param missing names that the network has and the file has not
 * @param unexpected names that the file has and the network has not
 */
public record IncompatibleKeys(List<String> missing, List<String> unexpected) {
    /** Copies the lists. */
    public IncompatibleKeys {
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
    }

    /**
     * {@return whether everything matched}
     */
    public boolean isEmpty() {
        return missing.isEmpty() && unexpected.isEmpty();
    }
}
