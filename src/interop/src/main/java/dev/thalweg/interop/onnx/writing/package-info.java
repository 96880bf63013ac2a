/** Networks and their weights, written as ONNX. */
@NullMarked
package dev.thalweg.interop.onnx.writing;

import org.jspecify.annotations.NullMarked;
