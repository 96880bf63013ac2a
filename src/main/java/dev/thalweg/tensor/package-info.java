/**
 * Off-heap numbers: {@link dev.thalweg.tensor.Tensor} owns a memory segment, {@link dev.thalweg.tensor.Shape} and
 * {@link dev.thalweg.tensor.DataType} say what lies in it. Knows nothing of graphs or kernels; everybody may enter.
 */
package dev.thalweg.tensor;
