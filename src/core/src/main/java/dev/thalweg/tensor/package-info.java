/**
 * Off-heap numbers: {@link dev.thalweg.tensor.Tensor} owns a memory segment, {@link dev.thalweg.tensor.Shape} and
 * {@link dev.thalweg.tensor.DataType} say what lies in it. Who frees what, and when that is safe, is said by
 * {@link dev.thalweg.tensor.MemoryOwner}, {@link dev.thalweg.tensor.Scope} and {@link dev.thalweg.tensor.Lifetime}.
 * Knows nothing of graphs or kernels; everybody may enter.
 */
@NullMarked
package dev.thalweg.tensor;

import org.jspecify.annotations.NullMarked;
