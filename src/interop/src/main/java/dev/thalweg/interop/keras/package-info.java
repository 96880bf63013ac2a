/**
 * Keras' files: HDF5 by jHDF, the description of a model in JSON, and what each of its layers becomes here. Users enter
 * by {@link dev.thalweg.interop.Keras}.
 */
@NullMarked
package dev.thalweg.interop.keras;

import org.jspecify.annotations.NullMarked;
