/**
 * ONNX's operators as operations of {@link dev.thalweg.graph.Graph}: what is known when the graph is built, shapes and
 * indices above all, is computed at once, everything else becomes operations with gradients. A new operator is a line
 * of {@link dev.thalweg.interop.onnx.lowering.Operators} and a method of one of the classes that it names.
 */
@NullMarked
package dev.thalweg.interop.onnx.lowering;

import org.jspecify.annotations.NullMarked;
