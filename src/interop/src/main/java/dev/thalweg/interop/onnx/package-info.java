/** The ONNX format: files, graphs, and what their operators compute. */
@NullMarked
package dev.thalweg.interop.onnx;

import org.jspecify.annotations.NullMarked;
