/**
 * What is said of numbers off the heap: {@link dev.thalweg.tensor.Shape} and {@link dev.thalweg.tensor.DataType}, the
 * precision and the device that they are computed in and on, and the exceptions of the whole library. Knows nothing of
 * graphs or kernels; everybody may enter.
 */
@NullMarked
package dev.thalweg.tensor;

import org.jspecify.annotations.NullMarked;
