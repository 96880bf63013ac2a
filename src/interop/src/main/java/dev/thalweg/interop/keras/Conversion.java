package dev.thalweg.interop.keras;

import dev.thalweg.io.BadFileException;

/** Makes layers of ours of a call of a layer of Keras. */
@FunctionalInterface
interface Conversion {
    /**
     * Converts a call.
     *
     * @param site the call
     * @return the result
     * @throws BadFileException if the layer has settings that are not read
     * @throws dev.thalweg.tensor.ShapeException if layers of ours do not fit what flows in
     * @throws IllegalArgumentException if they do not take the settings
     */
    Flowing convert(Site site) throws BadFileException;
}
