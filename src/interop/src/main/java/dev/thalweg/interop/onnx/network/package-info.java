/**
 * Networks of ONNX graphs: nodes become the layers that users know, by a table of patterns, and what fits none a layer
 * of the operators themselves.
 */
@NullMarked
package dev.thalweg.interop.onnx.network;

import org.jspecify.annotations.NullMarked;
